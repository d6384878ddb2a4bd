// What ends or moves things that others stand on: issues that go, branches and repositories with another name or owner.
import { levelOf } from './access.ts';
import { announce, announcePull } from './announcing.ts';
import { branchesMoved, branchGone } from './branches.ts';
import { pullNumbered, refreshPull } from './pull-state.ts';
import { notFound, Refusal, repositoryRoute } from './routes.ts';
import type { RepositoryRow } from './rows.ts';
import { ownerOf, read, repositoryNamed, userJson, type World } from './world.ts';

/** The issue is deleted, or with `to` (OWNER/NAME) transferred: here it is gone either way, where GitHub would redirect to the new place. */
export async function removeIssue(world: World, repo: RepositoryRow, number: number, to?: string): Promise<void> {
  const row = world.tables.issues.findBy('repo_id', repo.id).find((issue) => issue.number === number);
  if (!row || pullNumbered(world, repo, number)) throw new Error(`${repo.full_name} has no issue ${number}`);
  const issue = await read(world, repo, `/issues/${number}`);
  const target = to === undefined ? undefined : repositoryNamed(world.tables, to);
  const changes = target
    ? { changes: { new_issue: { ...issue, number: 1 }, new_repository: await read(world, target, '') } }
    : {};
  world.tables.issues.delete(row.id);
  announce(world, repo, 'issues', target ? 'transferred' : 'deleted', { issue, ...changes });
}

/** As `gh pr merge --delete-branch` does after the merge: GitHub closes what is based on the branch instead of moving it. */
export async function deleteBranch(world: World, repo: RepositoryRow, branch: string, login: string): Promise<void> {
  const sha = world.git.branch(repo, branch);
  const move = sha && (await world.git.move(repo, { ref: `refs/heads/${branch}`, before: sha, after: null }));
  if (!move) throw new Error(`${repo.full_name} has no branch ${branch}`);
  const user = world.tables.users.findOneBy('login', login);
  await branchGone(world, repo, branch, user, false);
  await branchesMoved(world, repo, [move], user);
}

/** Old names redirect, as after a rename; the event goes to the App at the new owner. */
export function transferRepository(world: World, repo: RepositoryRow, owner: string): void {
  const { tables } = world;
  const user = tables.users.findOneBy('login', owner);
  const former = tables.users.findOneBy('login', ownerOf(repo));
  if (!user || !former) throw new Error(`${owner} or ${ownerOf(repo)} is not a person`);
  world.links.renames.set(repo.full_name, { id: repo.id, told: true });
  const moved = tables.repos.update(repo.id, { full_name: `${owner}/${repo.name}`, owner_id: user.id, owner_type: 'User' });
  if (!moved) throw new Error(`${repo.full_name} could not be moved`);
  announce(world, moved, 'repository', 'transferred', { changes: { owner: { from: { user: userJson(world, former) } } } });
}

export function branchRenaming(world: World): void {
  repositoryRoute(world, 'POST', '/branches/:branch{.+}/rename', async ({ repo, actor, param, text }) => {
    if (!actor || !['admin', 'maintain', 'write'].includes(levelOf(world, repo, actor)))
      throw new Refusal(403, 'Must have push access');
    const [from, to] = [param('branch'), text('new_name') ?? ''];
    const sha = world.git.branch(repo, from);
    if (!sha) throw notFound();
    await world.git.move(repo, { ref: `refs/heads/${to}`, before: null, after: sha });
    await world.git.move(repo, { ref: `refs/heads/${from}`, before: sha, after: null });
    const sender = { sender: userJson(world, actor) };
    const isDefault = repo.default_branch === from;
    const now = (isDefault ? world.tables.repos.update(repo.id, { default_branch: to }) : undefined) ?? repo;
    const retargeted = world.tables.pullRequests
      .findBy('repo_id', repo.id)
      .filter((p) => p.state === 'open' && p.base_ref === from);
    for (const pull of retargeted) {
      const moved = world.tables.pullRequests.update(pull.id, { base_ref: to });
      if (moved) await refreshPull(world, now, moved);
      announcePull(world, now, pull.number, 'edited', actor, {
        changes: { base: { ref: { from }, sha: { from: pull.base_sha } } },
      });
    }
    if (isDefault) announce(world, now, 'repository', 'edited', { changes: { default_branch: { from } }, ...sender });
    return { status: 201, json: { name: to, commit: { sha }, protected: false } };
  });
}
