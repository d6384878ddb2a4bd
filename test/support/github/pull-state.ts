// A pull request's figures, from real git: where head and base are, whether they merge, how much changes.
import { git, gitOfObjects, tryGit } from './git-command.ts';
import { ahead, mergeBase } from './history.ts';
import { looseObject } from './loose-objects.ts';
import { looseRef, moveLooseRef } from './loose-refs.ts';
import { differences, plainMerge, treeOf } from './loose-trees.ts';
import type { PullRequestRow, RepositoryRow } from './rows.ts';
import type { World } from './world.ts';

export interface Merge {
  /** undefined: they conflict */
  tree: string | undefined;
}

export async function mergeTrees(dir: string, base: string, head: string): Promise<Merge> {
  const common = await mergeBase(dir, base, head);
  const trees = [common, base, head].map((commit) => (commit ? treeOf(dir, commit) : undefined));
  const [old, ours, theirs] = trees;
  const tree = old && ours && theirs ? plainMerge(dir, old, ours, theirs) : undefined;
  if (tree) return { tree };
  const { code, stdout, stderr } = await tryGit(dir, ['merge-tree', '--write-tree', base, head]);
  if (code > 1) throw new Error(`git merge-tree ${base} ${head}: ${stderr}`);
  return { tree: code === 0 ? stdout.toString().slice(0, 40) : undefined };
}

/** From which head, base and draft state a pull request's figures come: as long as these stay, so do they. */
const figured = new WeakMap<World, Map<number, string>>();

/** Brings an open pull request up to date with its branches; a closed one keeps what it had. */
export async function refreshPull(world: World, repo: RepositoryRow, pull: PullRequestRow): Promise<PullRequestRow> {
  const dir = world.git.dirOf(repo);
  const head = world.git.branch(repo, pull.head_ref) ?? pull.head_sha;
  const base = world.git.branch(repo, pull.base_ref) ?? pull.base_sha;
  const known = figured.get(world)?.get(pull.id);
  if (known === `${head} ${base} ${pull.draft}` && pull.state === 'open') return pull;
  const [{ tree }, lines, commits] = await Promise.all([
    mergeTrees(dir, base, head),
    changedLines(dir, base, head),
    ahead(dir, base, head),
    keepAlive(dir, `refs/pull/${pull.number}/head`, head),
  ]);
  const sum = (column: 0 | 1) => lines.reduce((total, line) => total + (line[column] ?? 0), 0);
  const now = world.tables.pullRequests.get(pull.id) ?? pull;
  if (now.state !== 'open') return now;
  const current = [world.git.branch(repo, now.head_ref) ?? head, world.git.branch(repo, now.base_ref) ?? base];
  if (current[0] !== head || current[1] !== base) return refreshPull(world, repo, now); // a branch moved while git was counting
  // biome-ignore format: one row
  const state = {
    head_sha: head, base_sha: base, mergeable: tree !== undefined, mergeable_state: tree === undefined ? 'dirty' : now.draft ? 'draft' : 'clean',
    changed_files: lines.length, additions: sum(0), deletions: sum(1), commits,
  };
  const figures = figured.get(world) ?? new Map<number, string>();
  figured.set(world, figures.set(pull.id, `${head} ${base} ${now.draft}`));
  const same = (Object.keys(state) as (keyof typeof state)[]).every((key) => now[key] === state[key]);
  return same ? now : (world.tables.pullRequests.update(pull.id, state) ?? now); // an update would move updated_at
}

/** Keeps the head when its branch goes. */
async function keepAlive(dir: string, ref: string, head: string): Promise<void> {
  const before = looseRef(dir, ref) ?? null;
  if (before === head || moveLooseRef(dir, ref, before, head)) return;
  await git(dir, ['update-ref', ref, head]);
}

/** Lines added and removed, for each file that `head` changed since it left `base`. */
async function changedLines(dir: string, base: string, head: string): Promise<(readonly [number, number])[]> {
  const common = await mergeBase(dir, base, head);
  const [was, is] = [common ? treeOf(dir, common) : undefined, treeOf(dir, head)];
  const files = was && is ? differences(dir, was, is) : undefined;
  const lines = files?.map(({ before, after }) => {
    const sha = before && after ? undefined : (before ?? after)?.sha; // of a file that was there and is there, git knows
    const whole = sha === undefined ? undefined : looseObject(dir, sha)?.body;
    const count = whole && linesIn(whole);
    return count === undefined ? undefined : after ? ([count, 0] as const) : ([0, count] as const);
  });
  if (lines && !lines.includes(undefined)) return lines as (readonly [number, number])[];
  const numbers = await gitOfObjects(dir, ['diff', '--numstat', '-z', '--no-renames', `${base}...${head}`]);
  return numbers
    .split('\0')
    .filter(Boolean)
    .map((line) => line.split('\t').map((field) => Number(field) || 0))
    .map(([added = 0, removed = 0]) => [added, removed] as const);
}

/** None in what git takes for no text. */
function linesIn(body: Buffer): number {
  if (body.subarray(0, 8_000).includes(0)) return 0;
  const breaks = body.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
  return breaks + (body.length > 0 && body.at(-1) !== 10 ? 1 : 0);
}

export function pullNumbered(world: World, repo: RepositoryRow, number: number): PullRequestRow | undefined {
  return world.tables.pullRequests.findBy('repo_id', repo.id).find((pull) => pull.number === number);
}
