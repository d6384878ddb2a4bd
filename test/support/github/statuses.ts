// Commit statuses: what older continuous integration reports, one context at a time.
import { announce } from './announcing.ts';
import { commitItem, commitNamed } from './commits.ts';
import { invalid, page, repositoryRoute } from './routes.ts';
import type { RepositoryRow } from './rows.ts';
import { type Json, read, userJson, type World } from './world.ts';

const STATES = ['error', 'failure', 'pending', 'success'];

export interface Status {
  repo: number;
  sha: string;
  json: Json;
}

/** The latest of each context at a commit. */
export function latestStatuses({ links }: World, repo: RepositoryRow, sha: string): Json[] {
  const all = links.statuses.filter((status) => status.repo === repo.id && status.sha === sha).reverse();
  const found = all.map((status) => status.json);
  return found.filter((status, index) => found.findIndex((other) => other.context === status.context) === index);
}

export function statusRoutes(world: World): void {
  const { statuses } = world.links;
  const newestFirst = (repo: RepositoryRow, sha: string) =>
    statuses.filter((status) => status.repo === repo.id && status.sha === sha).reverse();

  repositoryRoute(world, 'POST', '/statuses/:sha', async (call) => {
    const { repo, actor } = call;
    const sha = await commitNamed(world, repo, call.param('sha'));
    const state = call.text('state') ?? '';
    if (!STATES.includes(state)) throw invalid('Status', 'custom', 'state', 'state is not included in the list');
    const id = 600_001 + statuses.length;
    const now = new Date().toISOString();
    const creator = actor ? userJson(world, actor) : null;
    // biome-ignore format: one status
    const json = {
      url: `${world.url}/repos/${repo.full_name}/statuses/${sha}`, avatar_url: null, id, node_id: `S_${id}`, state,
      description: call.text('description') ?? null, target_url: call.text('target_url') ?? null, context: call.text('context') ?? 'default',
      created_at: now, updated_at: now, creator,
    };
    statuses.push({ repo: repo.id, sha, json });
    const branches = world.git.refs(repo).filter((ref) => ref.sha === sha && ref.ref.startsWith('refs/heads/'));
    const { context, description, target_url } = json;
    // biome-ignore format: one payload
    announce(world, repo, 'status', undefined, {
      id, sha, name: repo.full_name, state, context, description, target_url, commit: await commitItem(world, repo, sha), created_at: now, updated_at: now,
      branches: branches.map(({ ref }) => ({ name: ref.replace('refs/heads/', ''), commit: { sha, url: '' }, protected: false })),
      ...(creator ? { sender: creator } : {}),
    });
    return { status: 201, json };
  });

  repositoryRoute(world, 'GET', '/commits/:ref{.+}/statuses', async (call) => {
    const sha = await commitNamed(world, call.repo, call.param('ref'));
    return {
      json: page(
        call,
        newestFirst(call.repo, sha).map((status) => status.json),
      ),
    };
  });

  repositoryRoute(world, 'GET', '/commits/:ref{.+}/status', async (call) => {
    const sha = await commitNamed(world, call.repo, call.param('ref'));
    const latest = latestStatuses(world, call.repo, sha);
    const states = latest.map((status) => status.state);
    const failed = states.some((state) => state === 'failure' || state === 'error');
    const state = failed ? 'failure' : states.length === 0 || states.includes('pending') ? 'pending' : 'success';
    const url = `${world.url}/repos/${call.repo.full_name}/commits/${sha}`;
    return {
      json: {
        state,
        statuses: page(call, latest),
        sha,
        total_count: latest.length,
        repository: await read(world, call.repo, ''),
        commit_url: url,
        url: `${url}/status`,
      },
    };
  });
}
