// Files and folders by path, branches, and the tarball.
import { branchesMoved } from './branches.ts';
import { commitItem } from './commits.ts';
import { gitBytes } from './git-command.ts';
import { wrapped } from './git-data.ts';
import { buildTree, listTree, readCommit, readObject, resolveCommit, type TreeEntry, writeCommit } from './git-objects.ts';
import { writeObject } from './loose-objects.ts';
import { personal, webFlow } from './merging.ts';
import { type Answer, type Call, notFound, Refusal, repositoryRoute } from './routes.ts';
import type { RepositoryRow } from './rows.ts';
import type { Json, World } from './world.ts';

export function contentRoutes(world: World): void {
  repositoryRoute(world, 'GET', '/contents', (call) => contentsAt(world, call, ''));
  repositoryRoute(world, 'GET', '/contents/:path{.*}', (call) => contentsAt(world, call, call.param('path').replace(/\/+$/, '')));
  repositoryRoute(world, 'PUT', '/contents/:path{.+}', (call) => changeFile(world, call, true));
  repositoryRoute(world, 'DELETE', '/contents/:path{.+}', (call) => changeFile(world, call, false));

  repositoryRoute(world, 'GET', '/branches/:branch{.+}', async (call) => {
    const name = call.param('branch');
    const sha = world.git.branch(call.repo, name);
    if (!sha) throw new Refusal(404, 'Branch not found');
    return { json: { name, commit: await commitItem(world, call.repo, sha), protected: false, protection: { enabled: false } } };
  });

  repositoryRoute(world, 'GET', '/tarball/:ref{.+}', async (call) => tarball(world, call, call.param('ref')));
  repositoryRoute(world, 'GET', '/tarball', async (call) => tarball(world, call, call.repo.default_branch));
}

async function tarball(world: World, { repo }: Call, ref: string): Promise<Answer> {
  const dir = world.git.dirOf(repo);
  const sha = await resolveCommit(dir, ref);
  if (!sha) throw notFound();
  const prefix = `${repo.full_name.replace('/', '-')}-${sha.slice(0, 7)}/`;
  return {
    raw: {
      body: new Uint8Array(await gitBytes(dir, ['archive', '--format=tar.gz', `--prefix=${prefix}`, sha])),
      type: 'application/x-gzip',
    },
  };
}

async function contentsAt(world: World, call: Call, path: string): Promise<Answer> {
  const { repo } = call;
  const dir = world.git.dirOf(repo);
  const ref = call.query('ref') || repo.default_branch;
  const commit = await resolveCommit(dir, ref);
  if (!commit) throw new Refusal(404, `No commit found for the ref ${ref}`);
  const entry = path === '' ? undefined : (await listTree(dir, commit, { path }))[0];
  if (path !== '' && entry === undefined) throw notFound();
  if (entry === undefined || entry.type === 'tree') {
    const children = await listTree(dir, entry?.sha ?? commit);
    return {
      json: children.map((child) => entryJson(world, repo, ref, { ...child, path: path ? `${path}/${child.path}` : child.path })),
    };
  }
  const accept = call.context.req.header('accept') ?? '';
  const body = entry.type === 'blob' ? ((await readObject(dir, entry.sha))?.body ?? Buffer.alloc(0)) : Buffer.alloc(0);
  if (accept.includes('raw')) return { raw: { body: new Uint8Array(body), type: 'application/vnd.github.raw; charset=utf-8' } };
  const json = entryJson(world, repo, ref, entry);
  if (entry.mode === '120000') return { json: { ...json, target: body.toString() } };
  if (entry.type === 'commit') return { json: { ...json, submodule_git_url: null } };
  const tooBig = body.length > 1_000_000; // GitHub then leaves the content out
  return { json: { ...json, content: tooBig ? '' : wrapped(body), encoding: tooBig ? 'none' : 'base64' } };
}

function entryJson(world: World, repo: RepositoryRow, ref: string, { mode, type, sha, size, path }: TreeEntry): Json {
  const kind = type === 'tree' ? 'dir' : type === 'commit' ? 'submodule' : mode === '120000' ? 'symlink' : 'file';
  const name = path.split('/').map(encodeURIComponent).join('/');
  const url = `${world.url}/repos/${repo.full_name}/contents/${name}?ref=${encodeURIComponent(ref)}`;
  const gitUrl = type === 'commit' ? null : `${world.url}/repos/${repo.full_name}/git/${type}s/${sha}`;
  const html = `${world.url}/${repo.full_name}/${type === 'tree' ? 'tree' : 'blob'}/${ref}/${name}`;
  // biome-ignore format: one entry
  return {
    type: kind, size: size ?? 0, name: path.slice(path.lastIndexOf('/') + 1), path, sha, url, git_url: gitUrl, html_url: html,
    download_url: kind === 'file' ? `${world.url}/${repo.full_name}/raw/${ref}/${name}` : null, _links: { self: url, git: gitUrl, html },
  };
}

/** A commit of one file on a branch, as the web editor makes it. */
async function changeFile(world: World, call: Call, write: boolean): Promise<Answer> {
  const { repo, actor, holder } = call;
  const dir = world.git.dirOf(repo);
  const path = call.param('path');
  const branch = call.text('branch') ?? repo.default_branch;
  const before = world.git.branch(repo, branch);
  if (!before || !actor) throw new Refusal(404, `Branch ${branch} not found`);
  const [present] = await listTree(dir, before, { path });
  const given = call.text('sha');
  if (present && given === undefined) throw new Refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  if (given !== undefined && given !== present?.sha) throw new Refusal(409, `${path} does not match ${given}`);
  if (!write && !present) throw notFound();
  const blob = write ? writeObject(dir, 'blob', Buffer.from(call.text('content') ?? '', 'base64')) : null;
  const base = await readCommit(dir, before);
  const tree = await buildTree(dir, base?.tree ?? null, [{ path, mode: present?.mode ?? '100644', sha: blob }]);
  const own = personal(actor);
  const message = call.text('message') ?? `${present ? 'Update' : 'Create'} ${path}`;
  const after = writeCommit(dir, {
    tree,
    parents: [before],
    author: own,
    committer: holder?.installation ? webFlow() : own,
    message,
  });
  const move = await world.git.move(repo, { ref: `refs/heads/${branch}`, before, after });
  if (!move) throw new Refusal(409, `${branch} was updated by somebody else`);
  await branchesMoved(world, repo, [move], actor);
  const [entry] = await listTree(dir, after, { path });
  return {
    status: present ? 200 : 201,
    json: { content: entry ? entryJson(world, repo, branch, entry) : null, commit: await commitItem(world, repo, after) },
  };
}
