// The graph of commits: walked here as far as they are loose objects, by git where they are not.
import { gitOfObjects, tryGit } from './git-command.ts';
import { looseObject } from './loose-objects.ts';

function parentsOf(dir: string, commit: string): string[] | undefined {
  const object = looseObject(dir, commit);
  if (object?.type !== 'commit') return undefined;
  const head = object.body.toString('latin1', 0, object.body.indexOf('\n\n'));
  return [...head.matchAll(/^parent ([0-9a-f]{40})$/gm)].map((match) => match[1] as string);
}

/** A commit and all before it. */
function ancestry(dir: string, commit: string): ReadonlySet<string> | undefined {
  const seen = new Set([commit]);
  for (const one of seen) {
    const parents = parentsOf(dir, one);
    if (!parents) return undefined;
    for (const parent of parents) seen.add(parent);
  }
  return seen;
}

/** Whether `b` has `a` in its history. */
export async function isAncestor(dir: string, a: string, b: string): Promise<boolean> {
  const loose = ancestry(dir, b)?.has(a);
  return loose ?? (await tryGit(dir, ['merge-base', '--is-ancestor', a, b])).code === 0;
}

/** The best common ancestor; empty where there is none. */
export async function mergeBase(dir: string, a: string, b: string): Promise<string> {
  const loose = onlyMergeBase(dir, a, b);
  return loose ?? (await tryGit(dir, ['merge-base', a, b])).stdout.toString().trim();
}

function onlyMergeBase(dir: string, a: string, b: string): string | undefined {
  const [ofA, ofB] = [ancestry(dir, a), ancestry(dir, b)];
  if (!ofA || !ofB) return undefined;
  const common = [...ofA].filter((commit) => ofB.has(commit));
  const best = new Set(common);
  for (const commit of common) for (const parent of parentsOf(dir, commit) ?? []) best.delete(parent);
  return best.size > 1 ? undefined : ([...best][0] ?? '');
}

/** How many commits `b` has that `a` has not. */
export async function ahead(dir: string, a: string, b: string): Promise<number> {
  const [ofA, ofB] = [ancestry(dir, a), ancestry(dir, b)];
  if (ofA && ofB) return [...ofB].filter((commit) => !ofA.has(commit)).length;
  return Number(await gitOfObjects(dir, ['rev-list', '--count', `${a}..${b}`]));
}

/** The latest `limit` commits that `b` has and `a` has not, oldest first. */
export async function commitsSince(dir: string, a: string, b: string, limit: number): Promise<string[]> {
  const line = lineSince(dir, a, b);
  if (line) return line.slice(-limit);
  const list = await gitOfObjects(dir, ['rev-list', '--reverse', `--max-count=${limit}`, `${a}..${b}`]);
  return list.split('\n').filter(Boolean);
}

/** The same where no commit in between is a merge; with merges, their order is a matter of dates. */
function lineSince(dir: string, a: string, b: string): string[] | undefined {
  const old = ancestry(dir, a);
  if (!old) return undefined;
  const line: string[] = [];
  for (let at: string | undefined = b; at !== undefined && !old.has(at); ) {
    const parents = parentsOf(dir, at);
    if (!parents || parents.length > 1) return undefined;
    line.unshift(at);
    at = parents[0];
  }
  return line;
}
