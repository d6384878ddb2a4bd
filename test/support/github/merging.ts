// Merging a pull request, the three ways GitHub offers, with real git.
import { announcePull } from './announcing.ts';
import { branchesMoved, closeIssueOf } from './branches.ts';
import { closeIssuesNamedIn } from './closing-keywords.ts';
import { gitOfObjects } from './git-command.ts';
import { type Identity, readCommit, writeCommit } from './git-objects.ts';
import { mergeTrees, refreshPull } from './pull-state.ts';
import { pullOf } from './pulls.ts';
import { type Call, Refusal, repositoryRoute } from './routes.ts';
import type { PullRequestRow, RepositoryRow, UserRow } from './rows.ts';
import { ownerOf, type World } from './world.ts';

const refused = (message: string) => new Refusal(405, message);
const CONFLICT = 'Pull Request is not mergeable';

const emailOf = (user: UserRow) => user.email ?? `${user.id}+${user.login}@users.noreply.github.com`;

export function personal(user: UserRow, date = new Date().toISOString()): Identity {
  return { name: user.name ?? user.login, email: emailOf(user), date };
}

export const webFlow = (): Identity => ({ name: 'GitHub', email: 'noreply@github.com', date: new Date().toISOString() });

export function mergingRoutes(world: World): void {
  repositoryRoute(world, 'GET', '/pulls/:number/merge', (call) => ({ status: pullOf(world, call).merged ? 204 : 404 }));

  repositoryRoute(world, 'PUT', '/pulls/:number/merge', async (call) => {
    const pull = await refreshPull(world, call.repo, pullOf(world, call));
    const sha = await merge(world, call, pull);
    return { json: { sha, merged: true, message: 'Pull Request successfully merged' } };
  });
}

async function merge(world: World, call: Call, pull: PullRequestRow): Promise<string> {
  const { repo, actor } = call;
  if (!actor) throw new Refusal(401, 'Requires authentication');
  const method = call.text('merge_method') ?? 'merge';
  if (pull.merged) throw refused('Pull Request already merged');
  if (pull.state !== 'open') throw refused('Pull Request is closed');
  if (pull.draft) throw refused('Pull Request is still a draft');
  const wanted = call.text('sha');
  if (wanted && wanted !== pull.head_sha) throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
  const allowed = { merge: repo.allow_merge_commit, squash: repo.allow_squash_merge, rebase: repo.allow_rebase_merge };
  if (!(method in allowed)) throw new Refusal(422, 'Invalid merge method');
  if (!allowed[method as keyof typeof allowed])
    throw refused(`${method[0]?.toUpperCase()}${method.slice(1)} merges are not allowed on this repository.`);
  if (!pull.mergeable) throw refused(CONFLICT);
  const sha =
    method === 'rebase'
      ? await rebased(world, call, pull, actor)
      : await mergeCommit(world, call, pull, actor, method === 'squash');
  await landed(world, repo, pull, { sha, actor });
  if (pull.base_ref === repo.default_branch)
    await closeIssuesNamedIn(world, repo, `${pull.body ?? ''}\n${call.text('commit_message') ?? ''}`, actor);
  if (repo.delete_branch_on_merge) {
    const gone = await world.git.move(repo, { ref: `refs/heads/${pull.head_ref}`, before: pull.head_sha, after: null });
    if (gone) await branchesMoved(world, repo, [gone], actor);
  }
  return sha;
}

/** The base branch moves to a merge's commit, and the pull request is merged. */
export async function landed(
  world: World,
  repo: RepositoryRow,
  pull: PullRequestRow,
  { sha, actor }: { readonly sha: string; readonly actor: UserRow },
): Promise<void> {
  const ref = `refs/heads/${pull.base_ref}`;
  const move = await world.git.move(repo, { ref, before: pull.base_sha, after: sha });
  if (!move) throw refused('Base branch was modified. Review and try the merge again.');
  const now = new Date().toISOString();
  // biome-ignore format: one row
  world.tables.pullRequests.update(pull.id, {
    merged: true, merged_at: now, merged_by_id: actor.id, merge_commit_sha: sha, state: 'closed', closed_at: now, mergeable: null, mergeable_state: 'unknown',
  });
  closeIssueOf(world, repo, pull, actor, now);
  announcePull(world, repo, pull.number, 'closed', actor);
  await branchesMoved(world, repo, [move], actor);
}

async function mergeCommit(world: World, call: Call, pull: PullRequestRow, actor: UserRow, squash: boolean): Promise<string> {
  const dir = world.git.dirOf(call.repo);
  const { tree } = await mergeTrees(dir, pull.base_sha, pull.head_sha);
  if (!tree) throw refused(CONFLICT);
  const author = (squash ? world.tables.users.get(pull.user_id) : undefined) ?? actor; // a squash is its author's work
  const title =
    call.text('commit_title') ??
    (squash
      ? `${pull.title} (#${pull.number})`
      : `Merge pull request #${pull.number} from ${ownerOf(call.repo)}/${pull.head_ref}`);
  const message = call.text('commit_message') ?? (squash ? await squashedMessages(dir, pull) : pull.title);
  const parents = squash ? [pull.base_sha] : [pull.base_sha, pull.head_sha];
  return writeCommit(dir, {
    tree,
    parents,
    author: personal(author),
    committer: webFlow(),
    message: message ? `${title}\n\n${message}` : title,
  });
}

async function squashedMessages(dir: string, pull: PullRequestRow): Promise<string> {
  const log = await gitOfObjects(dir, [
    'log',
    '--reverse',
    '--no-merges',
    '--format=%B%x00',
    `${pull.base_sha}..${pull.head_sha}`,
  ]);
  const messages = log
    .split('\0')
    .map((message) => message.trim())
    .filter(Boolean);
  if (messages.length === 1) return messages[0]?.split('\n').slice(1).join('\n').trim() ?? '';
  return messages.map((message) => `* ${message}`).join('\n\n');
}

/** Each commit again, on top of the base: a cherry-pick is the merge of two synthetic children of its parent's tree. */
async function rebased(world: World, call: Call, pull: PullRequestRow, actor: UserRow): Promise<string> {
  const dir = world.git.dirOf(call.repo);
  const list = await gitOfObjects(dir, [
    'rev-list',
    '--reverse',
    '--topo-order',
    '--no-merges',
    `${pull.base_sha}..${pull.head_sha}`,
  ]);
  let tip = pull.base_sha;
  for (const sha of list.split('\n').filter(Boolean)) {
    const [commit, onto] = await Promise.all([readCommit(dir, sha), readCommit(dir, tip)]);
    const parent = commit?.parents[0] ? await readCommit(dir, commit.parents[0]) : undefined;
    if (!commit || !onto || !parent) throw refused("This branch can't be rebased");
    const scratch = { author: webFlow(), committer: webFlow(), message: '' };
    const origin = writeCommit(dir, { ...scratch, tree: parent.tree, parents: [] });
    const ours = writeCommit(dir, { ...scratch, tree: onto.tree, parents: [origin] });
    const theirs = writeCommit(dir, { ...scratch, tree: commit.tree, parents: [origin], message: 'theirs' });
    const { tree } = await mergeTrees(dir, ours, theirs);
    if (!tree) throw refused("This branch can't be rebased");
    tip = writeCommit(dir, { tree, parents: [tip], author: commit.author, committer: personal(actor), message: commit.message });
  }
  return tip;
}
