// A pull request's figures, from real git: where head and base are, whether they merge, how much changes.
import { git, tryGit } from './git-command.ts';
import type { PullRequestRow, RepositoryRow } from './rows.ts';
import type { World } from './world.ts';

export interface Merge {
  /** undefined: they conflict */
  tree: string | undefined;
}

export async function mergeTrees(dir: string, base: string, head: string): Promise<Merge> {
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
  const [{ tree }, numbers, commits] = await Promise.all([
    mergeTrees(dir, base, head),
    git(dir, ['diff', '--numstat', '-z', '--no-renames', `${base}...${head}`]),
    git(dir, ['rev-list', '--count', `${base}..${head}`]),
    git(dir, ['update-ref', `refs/pull/${pull.number}/head`, head]), // keeps the head alive when its branch goes
  ]);
  const lines = numbers
    .split('\0')
    .filter(Boolean)
    .map((line) => line.split('\t').map((field) => Number(field) || 0));
  const sum = (column: 0 | 1) => lines.reduce((total, line) => total + (line[column] ?? 0), 0);
  const now = world.tables.pullRequests.get(pull.id) ?? pull;
  if (now.state !== 'open') return now;
  const current = [world.git.branch(repo, now.head_ref) ?? head, world.git.branch(repo, now.base_ref) ?? base];
  if (current[0] !== head || current[1] !== base) return refreshPull(world, repo, now); // a branch moved while git was counting
  // biome-ignore format: one row
  const state = {
    head_sha: head, base_sha: base, mergeable: tree !== undefined, mergeable_state: tree === undefined ? 'dirty' : now.draft ? 'draft' : 'clean',
    changed_files: lines.length, additions: sum(0), deletions: sum(1), commits: Number(commits),
  };
  const figures = figured.get(world) ?? new Map<number, string>();
  figured.set(world, figures.set(pull.id, `${head} ${base} ${now.draft}`));
  const same = (Object.keys(state) as (keyof typeof state)[]).every((key) => now[key] === state[key]);
  return same ? now : (world.tables.pullRequests.update(pull.id, state) ?? now); // an update would move updated_at
}

export function pullNumbered(world: World, repo: RepositoryRow, number: number): PullRequestRow | undefined {
  return world.tables.pullRequests.findBy('repo_id', repo.id).find((pull) => pull.number === number);
}
