// What has moved in a repository, when and by whom: GitHub's list of activity, the newest first.
import { type RefMove, ZERO } from './git-store.ts';
import { isAncestor } from './history.ts';
import { page, repositoryRoute } from './routes.ts';
import type { RepositoryRow, UserRow } from './rows.ts';
import { type Json, userJson, type World } from './world.ts';

/** Noted before anybody is told of it, so that no observation is earlier than what it is told of. */
export async function noteActivity(world: World, repo: RepositoryRow, move: RefMove, actor: UserRow | undefined): Promise<void> {
  const { ref, before, after } = move;
  const timestamp = new Date().toISOString();
  const isForced = before !== null && after !== null && !(await isAncestor(world.git.dirOf(repo), before, after));
  const activity_type =
    before === null ? 'branch_creation' : after === null ? 'branch_deletion' : isForced ? 'force_push' : 'push';
  const all = world.links.activity.get(repo.id) ?? [];
  const id = world.firstId + all.length + 1;
  // biome-ignore format: one entry
  all.push({
    id, node_id: `PSH_${repo.id}_${id}`, before: before ?? ZERO, after: after ?? ZERO, ref, timestamp, activity_type,
    actor: actor ? userJson(world, actor) : null,
  });
  world.links.activity.set(repo.id, all);
}

export function activityRoute(world: World): void {
  repositoryRoute(world, 'GET', '/activity', (call) => {
    const wanted = call.query('ref');
    const ref = wanted === undefined || wanted.startsWith('refs/') ? wanted : `refs/heads/${wanted}`;
    const all: readonly Json[] = world.links.activity.get(call.repo.id) ?? [];
    const found = all.filter((entry) => ref === undefined || entry.ref === ref);
    return { json: page(call, call.query('direction') === 'asc' ? found : [...found].reverse()) };
  });
}
