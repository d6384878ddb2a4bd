// Asking people for a review: who may be asked, and that a review answers the request.

import { atLeast, levelOf } from './access.ts';
import { announcePull } from './announcing.ts';
import { pullOf } from './pulls.ts';
import { Refusal, repositoryRoute } from './routes.ts';
import type { PullRequestRow, UserRow } from './rows.ts';
import { read, userJson, type World } from './world.ts';

export function reviewRequestRoutes(world: World): void {
  repositoryRoute(world, 'GET', '/pulls/:number/requested_reviewers', (call) => {
    const asked = pullOf(world, call).requested_reviewer_ids.map((id) => world.tables.users.get(id));
    return { json: { users: asked.flatMap((user) => (user ? [userJson(world, user)] : [])), teams: [] } };
  });

  repositoryRoute(world, 'POST', '/pulls/:number/requested_reviewers', async (call) => {
    const pull = pullOf(world, call);
    const logins = Array.isArray(call.body.reviewers) ? call.body.reviewers.map(String) : [];
    const asked = logins.map((login) => {
      const user = world.tables.users.findOneBy('login', login);
      if (user?.id === pull.user_id) throw new Refusal(422, 'Review cannot be requested from pull request author.');
      if (
        !user ||
        !atLeast(levelOf(world, call.repo, user), 'read') ||
        !isCollaborator(world, call.repo.id, call.repo.owner_id, user)
      )
        throw new Refusal(
          422,
          `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${call.repo.full_name} repository.`,
        );
      return user;
    });
    const before = pull.requested_reviewer_ids;
    const added = asked.filter((user) => !before.includes(user.id));
    world.tables.pullRequests.update(pull.id, { requested_reviewer_ids: [...before, ...added.map((user) => user.id)] });
    for (const user of added)
      announcePull(world, call.repo, pull.number, 'review_requested', call.actor, { requested_reviewer: userJson(world, user) });
    return { status: 201, json: await read(world, call.repo, `/pulls/${pull.number}`) };
  });
}

/** On a public repository everybody may read, but only its owner and its collaborators can be asked. */
const isCollaborator = (world: World, repo: number, owner: number, user: UserRow): boolean =>
  user.id === owner || world.tables.collaborators.findBy('repo_id', repo).some((row) => row.user_id === user.id);

/** Whoever has reviewed is not asked any more. */
export function answerRequest(world: World, pull: PullRequestRow, reviewer: UserRow | undefined): void {
  const asked = world.tables.pullRequests.get(pull.id)?.requested_reviewer_ids ?? [];
  const left = asked.filter((id) => id !== reviewer?.id);
  if (left.length < asked.length) world.tables.pullRequests.update(pull.id, { requested_reviewer_ids: left });
}
