// Changed files between two commits, as GitHub lists them, from `git diff`.
import { gitOfObjects } from './git-command.ts';
import type { RepositoryRow } from './rows.ts';
import type { Json, World } from './world.ts';

const STATUS: Record<string, string> = { A: 'added', D: 'removed', M: 'modified', T: 'changed', R: 'renamed', C: 'copied' };
const LONGEST_PATCH = 100_000;

/** `range` is what `git diff` takes: `a...b` for what b changed since it left a, or `a b`; a and b are ids. */
export async function diffFiles(world: World, repo: RepositoryRow, range: string, head: string): Promise<Json[]> {
  const dir = world.git.dirOf(repo);
  const whole = await gitOfObjects(dir, [
    'diff',
    '--raw',
    '--numstat',
    '--patch',
    '-z',
    '--abbrev=40',
    '-M',
    ...range.split(' '),
  ]);
  const { raw, numbers, patches } = parts(whole);
  const counts = parseCounts(numbers);
  const bodies = patches.split(/^diff --git /m).slice(1);
  return parseRaw(raw).map(({ status, sha, path, from }, index) => {
    const { additions = 0, deletions = 0 } = counts[index] ?? {};
    const body = bodies[index] ?? '';
    const hunk = body.search(/^@@ /m);
    const patch = hunk < 0 ? undefined : body.slice(hunk).replace(/\n$/, '');
    const at = `${world.url}/${repo.full_name}`;
    const name = path.split('/').map(encodeURIComponent).join('/');
    // biome-ignore format: one file
    return {
      sha, filename: path, status: STATUS[status] ?? 'changed', additions, deletions, changes: additions + deletions,
      blob_url: `${at}/blob/${head}/${name}`, raw_url: `${at}/raw/${head}/${name}`,
      contents_url: `${world.url}/repos/${repo.full_name}/contents/${name}?ref=${head}`,
      ...(patch !== undefined && patch.length <= LONGEST_PATCH ? { patch } : {}),
      ...(from === undefined ? {} : { previous_filename: from }),
    };
  });
}

/** The three listings of one run: raw lines begin with a colon and numbers do not; an empty field stands before the patches. */
function parts(whole: string): { raw: string; numbers: string; patches: string } {
  const end = /(?:^|\0)\0diff --git /.exec(whole);
  const lists = end ? whole.slice(0, end.index + 1) : whole;
  const fields = lists.split('\0');
  let first = 0;
  while (fields[first]?.startsWith(':')) first += /^:.* [RC]\d*$/.test(fields[first] ?? '') ? 3 : 2;
  return {
    raw: fields
      .slice(0, first)
      .map((field) => `${field}\0`)
      .join(''),
    numbers: fields.slice(first).join('\0'),
    patches: end ? whole.slice(end.index).replace(/^\0+/, '') : '',
  };
}

interface Changed {
  status: string;
  sha: string;
  path: string;
  from?: string;
}

function parseRaw(raw: string): Changed[] {
  const fields = raw.split('\0');
  const changed: Changed[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [, , before = '', after = '', letter = ''] = (fields[index] ?? '').split(' ');
    const status = letter[0] ?? 'M';
    const first = fields[index + 1] ?? '';
    const renamed = status === 'R' || status === 'C';
    if (renamed) index += 1;
    const path = renamed ? (fields[index + 1] ?? '') : first;
    changed.push({ status, sha: status === 'D' ? before : after, path, ...(renamed ? { from: first } : {}) });
  }
  return changed;
}

function parseCounts(numbers: string): { additions: number; deletions: number }[] {
  const fields = numbers.split('\0');
  const counts: { additions: number; deletions: number }[] = [];
  for (let index = 0; index < fields.length; index += 1) {
    const [additions, deletions, path] = (fields[index] ?? '').split('\t');
    if (deletions === undefined) continue;
    counts.push({ additions: Number(additions) || 0, deletions: Number(deletions) || 0 });
    if (path === '') index += 2; // a rename is followed by its two names
  }
  return counts;
}
