// The Git Data API's references; moving one has consequences, see branches.ts.
import { branchesMoved } from './branches.ts';
import { tryGit } from './git-command.ts';
import { isSha, unprocessable } from './git-data.ts';
import { readObject } from './git-objects.ts';
import type { RefMove } from './git-store.ts';
import { isAncestor } from './history.ts';
import { isPlainRef } from './loose-refs.ts';
import { type Call, notFound, page, Refusal, repositoryRoute } from './routes.ts';
import type { RepositoryRow } from './rows.ts';
import { assertNoWorkflowChange } from './workflow-files.ts';
import type { Json, World } from './world.ts';

function refJson(world: World, repo: RepositoryRow, { ref, sha }: { ref: string; sha: string }): Json {
  const api = `${world.url}/repos/${repo.full_name}/git`;
  return {
    ref,
    node_id: `REF_${repo.id}_${ref}`,
    url: `${api}/${ref}`,
    object: { type: 'commit', sha, url: `${api}/commits/${sha}` },
  };
}

export function referenceRoutes(world: World): void {
  const full = (call: Call) => `refs/${call.param('ref')}`;

  repositoryRoute(world, 'GET', '/git/ref/:ref{.+}', (call) => {
    const sha = world.git.ref(call.repo, full(call));
    if (!sha) throw notFound();
    return { json: refJson(world, call.repo, { ref: full(call), sha }) };
  });

  repositoryRoute(world, 'GET', '/git/matching-refs/:ref{.*}', (call) => {
    const matching = world.git.refs(call.repo).filter(({ ref }) => ref.startsWith(full(call)));
    matching.sort((a, b) => (a.ref < b.ref ? -1 : 1));
    return { json: page(call, matching).map((found) => refJson(world, call.repo, found)) };
  });

  repositoryRoute(world, 'POST', '/git/refs', async (call) => {
    const { repo, body } = call;
    const ref = call.text('ref') ?? '';
    if (!/^refs\/[^/]+\/.+/.test(ref) || !(isPlainRef(ref) || (await tryGit('/', ['check-ref-format', ref])).code === 0))
      throw unprocessable(`${ref} is not a valid ref name.`);
    if (world.git.ref(repo, ref)) throw unprocessable('Reference already exists');
    const sha = await commitToPointAt(world, repo, body.sha);
    await assertNoWorkflowChange(world, call, world.git.branch(repo, repo.default_branch), sha);
    const move = await world.git.move(repo, { ref, before: null, after: sha });
    if (!move) {
      const there = await tryGit(world.git.dirOf(repo), ['show-ref', '--verify', '--quiet', ref]);
      throw unprocessable(there.code === 0 ? 'Reference already exists' : `Reference cannot be created: ${ref}`);
    }
    return { status: 201, json: await moved(world, call, move) };
  });

  repositoryRoute(world, 'PATCH', '/git/refs/:ref{.+}', async (call) => {
    const { repo, body } = call;
    const ref = full(call);
    const before = world.git.ref(repo, ref);
    if (!before) throw unprocessable('Reference does not exist');
    const sha = await commitToPointAt(world, repo, body.sha);
    const forward = await isAncestor(world.git.dirOf(repo), before, sha);
    if (!forward && body.force !== true) throw unprocessable('Update is not a fast forward');
    await assertNoWorkflowChange(world, call, before, sha);
    if (before === sha) return { json: refJson(world, repo, { ref, sha }) };
    const move = await world.git.move(repo, { ref, before, after: sha });
    if (!move) throw new Refusal(409, 'Reference was updated by somebody else');
    return { json: await moved(world, call, move) };
  });

  repositoryRoute(world, 'DELETE', '/git/refs/:ref{.+}', async (call) => {
    const before = world.git.ref(call.repo, full(call));
    const move = before && (await world.git.move(call.repo, { ref: full(call), before, after: null }));
    if (!move) throw unprocessable('Reference does not exist');
    await branchesMoved(world, call.repo, [move], call.actor);
    return { status: 204 };
  });
}

async function commitToPointAt(world: World, repo: RepositoryRow, sha: unknown): Promise<string> {
  if (!isSha(sha)) throw unprocessable('The sha parameter must be exactly 40 characters and contain only [0-9a-f].');
  const object = await readObject(world.git.dirOf(repo), sha);
  if (!object) throw unprocessable('Object does not exist');
  if (object.type !== 'commit' && object.type !== 'tag') throw unprocessable('Object is not a commit');
  return sha;
}

async function moved(world: World, call: Call, move: RefMove): Promise<Json> {
  await branchesMoved(world, call.repo, [move], call.actor);
  return refJson(world, call.repo, { ref: move.ref, sha: move.after ?? '' });
}
