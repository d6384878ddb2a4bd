// Changed files between two commits, as GitHub lists them, from `git diff`.
import { gitOfObjects } from './git-command.ts';
import { mergeBase } from './history.ts';
import { looseObject } from './loose-objects.ts';
import { differences, treeOf } from './loose-trees.ts';
import type { RepositoryRow } from './rows.ts';
import type { Json, World } from './world.ts';

const STATUS: Record<string, string> = { A: 'added', D: 'removed', M: 'modified', T: 'changed', R: 'renamed', C: 'copied' };
const LONGEST_PATCH = 100_000;

/** `range` is what `git diff` takes: `a...b` for what b changed since it left a, or `a b`; a and b are ids. */
export async function diffFiles(world: World, repo: RepositoryRow, range: string, head: string): Promise<Json[]> {
  const dir = world.git.dirOf(repo);
  const changed = (await onlyAdded(dir, range)) ?? (await asGitSays(dir, range));
  return changed.map(({ status, sha, path, from, additions, deletions, patch }) => {
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

interface Diffed extends Changed {
  additions: number;
  deletions: number;
  patch: string | undefined;
}

/** Exported to be held against the shorter way. */
export async function asGitSays(dir: string, range: string): Promise<Diffed[]> {
  const form = ['--raw', '--numstat', '--patch', '-z', '--abbrev=40', '-M'];
  const { raw, numbers, patches } = parts(await gitOfObjects(dir, ['diff', ...form, ...range.split(' ')]));
  const counts = parseCounts(numbers);
  const bodies = patches.split(/^diff --git /m).slice(1);
  return parseRaw(raw).map((file, index) => {
    const { additions = 0, deletions = 0 } = counts[index] ?? {};
    const body = bodies[index] ?? '';
    const hunk = body.search(/^@@ /m);
    return { ...file, additions, deletions, patch: hunk < 0 ? undefined : body.slice(hunk).replace(/\n$/, '') };
  });
}

/** What most pull requests of the tests do: new files and nothing else, which takes no look for what is alike. Undefined otherwise. */
export async function onlyAdded(dir: string, range: string): Promise<Diffed[] | undefined> {
  const [left = '', right = ''] = range.split(/ |\.\.\./);
  const from = range.includes('...') ? await mergeBase(dir, left, right) : left;
  const [was, is] = [treeOf(dir, from), treeOf(dir, right)];
  const files = was && is ? differences(dir, was, is) : undefined;
  const added = files?.map(({ path, before, after }): Diffed | undefined => {
    const body = before === undefined && after?.mode === '100644' ? looseObject(dir, after.sha)?.body : undefined;
    if (after === undefined || body === undefined || body.subarray(0, 8_000).includes(0)) return undefined;
    return { status: 'A', sha: after.sha, path, deletions: 0, ...newFile(body.toString()) };
  });
  return added?.includes(undefined) ? undefined : (added as Diffed[] | undefined);
}

function newFile(text: string): Pick<Diffed, 'additions' | 'patch'> {
  if (text === '') return { additions: 0, patch: undefined };
  const ends = text.endsWith('\n');
  const lines = (ends ? text.slice(0, -1) : text).split('\n');
  const hunk = `@@ -0,0 +1${lines.length === 1 ? '' : `,${lines.length}`} @@`;
  const patch = [hunk, ...lines.map((line) => `+${line}`), ...(ends ? [] : ['\\ No newline at end of file'])].join('\n');
  return { additions: lines.length, patch };
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
