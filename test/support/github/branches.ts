// What follows when a branch moves: events, pull requests that follow their head and base, and those that lose one of them.

import { noteActivity } from './activity.ts';
import { announce, announcePull } from './announcing.ts';
import { closeIssuesNamedIn } from './closing-keywords.ts';
import { moveComments } from './comment-positions.ts';
import { git } from './git-command.ts';
import { readCommit } from './git-objects.ts';
import { type RefMove, ZERO } from './git-store.ts';
import { commitsSince, isAncestor } from './history.ts';
import { differences, treeOf } from './loose-trees.ts';
import { refreshPull } from './pull-state.ts';
import type { PullRequestRow, RepositoryRow, UserRow } from './rows.ts';
import { userJson, type World } from './world.ts';

const HEADS = 'refs/heads/';

/** Tells everybody about references that have just moved, and lets the pull requests follow. */
export async function branchesMoved(
  world: World,
  repo: RepositoryRow,
  moves: readonly RefMove[],
  sender: UserRow | undefined,
): Promise<void> {
  for (const move of moves) {
    await noteActivity(world, repo, move, sender);
    const who = sender ? { sender: userJson(world, sender) } : {};
    const kind = move.ref.startsWith(HEADS) ? 'branch' : 'tag';
    const name = move.ref.replace(/^refs\/(heads|tags)\//, '');
    if (move.before === null)
      announce(world, repo, 'create', undefined, {
        ref: name,
        ref_type: kind,
        master_branch: repo.default_branch,
        description: repo.description,
        pusher_type: 'user',
        ...who,
      });
    if (move.after === null)
      announce(world, repo, 'delete', undefined, { ref: name, ref_type: kind, pusher_type: 'user', ...who });
    announce(world, repo, 'push', undefined, { ...(await pushPayload(world, repo, move, sender)), ...who });
    if (kind === 'tag') continue;
    if (move.after === null) await branchGone(world, repo, name, sender);
    else await pullsFollow(world, repo, name, move, sender);
  }
}

const openPulls = (world: World, repo: RepositoryRow) =>
  world.tables.pullRequests.findBy('repo_id', repo.id).filter((pull) => pull.state === 'open');

async function pullsFollow(
  world: World,
  repo: RepositoryRow,
  branch: string,
  { before, after }: RefMove,
  sender: UserRow | undefined,
): Promise<void> {
  for (const pull of openPulls(world, repo)) {
    if (pull.head_ref === branch) {
      await refreshPull(world, repo, pull);
      await moveComments(world, repo, pull, before, after);
      announcePull(world, repo, pull.number, 'synchronize', sender, { before, after });
    } else if (pull.base_ref === branch) {
      if (await arrived(world, repo, pull, after)) await mergedByPush(world, repo, pull, after, sender);
      else await refreshPull(world, repo, pull);
    }
  }
}

/** A pull request whose commits reached its base by a push counts as merged. */
async function arrived(world: World, repo: RepositoryRow, pull: PullRequestRow, base: string | null): Promise<boolean> {
  if (base === null || pull.commits === 0) return false;
  return isAncestor(world.git.dirOf(repo), pull.head_sha, base);
}

async function mergedByPush(
  world: World,
  repo: RepositoryRow,
  pull: PullRequestRow,
  base: string | null,
  sender: UserRow | undefined,
): Promise<void> {
  const now = new Date().toISOString();
  const merged = { merged: true, merged_at: now, merged_by_id: sender?.id ?? null, merge_commit_sha: base };
  world.tables.pullRequests.update(pull.id, {
    ...merged,
    state: 'closed',
    closed_at: now,
    mergeable: null,
    mergeable_state: 'unknown',
  });
  closeIssueOf(world, repo, pull, sender, now);
  announcePull(world, repo, pull.number, 'closed', sender);
  if (pull.base_ref === repo.default_branch) await closeIssuesNamedIn(world, repo, pull.body ?? '', sender);
}

export function closeIssueOf(
  world: World,
  repo: RepositoryRow,
  pull: PullRequestRow,
  sender: UserRow | undefined,
  now: string,
): void {
  const issue = world.tables.issues.findBy('repo_id', repo.id).find((row) => row.number === pull.number);
  if (issue) world.tables.issues.update(issue.id, { state: 'closed', closed_at: now, closed_by_id: sender?.id ?? null });
}

/** As GitHub does it: pull requests based on a merged branch move to where it was merged, all others that lose a branch are closed. */
export async function branchGone(
  world: World,
  repo: RepositoryRow,
  branch: string,
  sender: UserRow | undefined,
  retargets = true,
): Promise<void> {
  const pulls = world.tables.pullRequests.findBy('repo_id', repo.id);
  const mergedInto = retargets && pulls.findLast((pull) => pull.merged && pull.head_ref === branch)?.base_ref;
  for (const pull of openPulls(world, repo)) {
    if (pull.base_ref === branch && mergedInto && mergedInto !== pull.head_ref) {
      const moved = world.tables.pullRequests.update(pull.id, { base_ref: mergedInto });
      if (moved) await refreshPull(world, repo, moved);
      announcePull(world, repo, pull.number, 'edited', sender, {
        changes: { base: { ref: { from: branch }, sha: { from: pull.base_sha } } },
      });
    } else if (pull.base_ref === branch || pull.head_ref === branch) {
      const now = new Date().toISOString();
      world.tables.pullRequests.update(pull.id, { state: 'closed', closed_at: now });
      closeIssueOf(world, repo, pull, sender, now);
      announcePull(world, repo, pull.number, 'closed', sender);
    }
  }
}

const LISTED_COMMITS = 20; // GitHub lists up to 2,048; nobody here needs more

async function pushPayload(world: World, repo: RepositoryRow, { ref, before, after }: RefMove, sender: UserRow | undefined) {
  const dir = world.git.dirOf(repo);
  const isDefault = ref === `${HEADS}${repo.default_branch}`;
  const known = before ?? (isDefault ? undefined : world.git.branch(repo, repo.default_branch));
  const shas = after === null || known === undefined ? [] : await commitsSince(dir, known, after, LISTED_COMMITS);
  const commits = await Promise.all(shas.map((sha) => pushedCommit(world, repo, dir, sha)));
  const forced = before !== null && after !== null && !(await isAncestor(dir, before, after));
  // biome-ignore format: one payload
  return {
    ref, before: before ?? ZERO, after: after ?? ZERO, created: before === null, deleted: after === null, forced, base_ref: null,
    compare: `${world.url}/${repo.full_name}/compare/${before?.slice(0, 12) ?? ''}...${after?.slice(0, 12) ?? ''}`,
    commits, head_commit: after === null ? null : (commits.find(({ id }) => id === after) ?? (await pushedCommit(world, repo, dir, after))),
    pusher: { name: sender?.login ?? 'ghost', email: sender?.email ?? null },
  };
}

async function touchedBy(dir: string, sha: string, parent: string | null): Promise<{ status: string; path: string }[]> {
  const [was, is] = [parent === null ? null : treeOf(dir, parent), treeOf(dir, sha)];
  const loose = was === undefined || is === undefined ? undefined : differences(dir, was, is);
  if (loose) return loose.map(({ path, before, after }) => ({ path, status: before ? (after ? 'M' : 'D') : 'A' }));
  // biome-ignore format: one command
  const names = await git(dir, ['diff-tree', '-z', '--root', '--no-commit-id', '-r', '-m', '--first-parent', '--no-renames', '--name-status', sha]);
  const fields = names.split('\0').filter(Boolean);
  return fields.flatMap((path, index) => (index % 2 === 1 ? [{ status: fields[index - 1] ?? '', path }] : []));
}

async function pushedCommit(world: World, repo: RepositoryRow, dir: string, sha: string) {
  const commit = await readCommit(dir, sha);
  const files = await touchedBy(dir, sha, commit?.parents[0] ?? null);
  const touched = (status: string) => files.filter((file) => file.status === status).map(({ path }) => path);
  const { name, email, date } = commit?.author ?? { name: '', email: '', date: '' };
  // biome-ignore format: one payload
  return {
    id: sha, tree_id: commit?.tree, distinct: true, message: commit?.message, timestamp: date,
    url: `${world.url}/${repo.full_name}/commit/${sha}`, author: { name, email, date },
    committer: { name: commit?.committer.name, email: commit?.committer.email, date: commit?.committer.date },
    added: touched('A'), removed: touched('D'), modified: [...touched('M'), ...touched('T')],
  };
}
