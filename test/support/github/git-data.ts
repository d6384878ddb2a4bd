// The Git Data API's objects: commits, trees and blobs, with git's own ids.
import { verification } from './commits.ts';
import { tryGit } from './git-command.ts';
import {
  buildTree,
  type Commit,
  type Identity,
  listTree,
  readCommit,
  readObject,
  type TreeChange,
  typesOf,
  writeCommit,
} from './git-objects.ts';
import { writeObject } from './loose-objects.ts';
import { EMPTY_TREE, entryAt, treeOf } from './loose-trees.ts';
import { personal, webFlow } from './merging.ts';
import { type Answer, notFound, Refusal, repositoryRoute } from './routes.ts';
import type { RepositoryRow } from './rows.ts';
import type { Json, World } from './world.ts';

export const unprocessable = (message: string) => new Refusal(422, message);
export const isSha = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{40}$/.test(value);

export function gitDataRoutes(world: World): void {
  commitObjectRoutes(world);
  treeRoutes(world);
  blobRoutes(world);
}

function commitObjectRoutes(world: World): void {
  repositoryRoute(world, 'GET', '/git/commits/:sha', async (call) => {
    const commit = await readCommit(world.git.dirOf(call.repo), call.param('sha'));
    if (!commit) throw notFound();
    return { json: gitCommitJson(world, call.repo, commit) };
  });

  repositoryRoute(world, 'POST', '/git/commits', async (call) => {
    const { repo, actor, holder } = call;
    const dir = world.git.dirOf(repo);
    const message = call.text('message');
    if (message === undefined) throw unprocessable('Invalid request.\n\n"message" wasn\'t supplied.');
    const tree = call.body.tree;
    const parents: unknown[] = Array.isArray(call.body.parents) ? call.body.parents : [];
    const types = await typesOf(dir, [tree, ...parents].filter(isSha));
    if (!isSha(tree) || types.get(tree) !== 'tree') throw unprocessable('Tree SHA does not exist');
    for (const parent of parents)
      if (!isSha(parent) || types.get(parent) !== 'commit')
        throw unprocessable('Parent SHA does not exist or is not a commit object');
    if (!actor) throw new Refusal(401, 'Requires authentication');
    // an App that names nobody gets GitHub's signature: its bot is the author, GitHub the committer
    const unnamed = call.body.author === undefined && call.body.committer === undefined;
    const signed = unnamed && holder?.installation !== undefined;
    const own = personal(actor);
    const author = identityFrom(call.body.author) ?? own;
    const committer = identityFrom(call.body.committer) ?? (signed ? webFlow() : author);
    const sha = writeCommit(dir, { tree, parents: parents as string[], author, committer, message });
    if (signed) world.signed.add(sha);
    const commit = await readCommit(dir, sha);
    return { status: 201, json: commit && gitCommitJson(world, repo, commit) };
  });
}

function identityFrom(value: unknown): Identity | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, email, date } = value as Json;
  if (typeof name !== 'string' || typeof email !== 'string')
    throw unprocessable('Invalid request.\n\n"name" and "email" must be supplied.');
  return { name, email, date: typeof date === 'string' ? date : new Date().toISOString() };
}

function gitCommitJson(world: World, repo: RepositoryRow, commit: Commit): Json {
  const api = `${world.url}/repos/${repo.full_name}/git`;
  const page = `${world.url}/${repo.full_name}/commit/`;
  // biome-ignore format: one commit
  return {
    sha: commit.sha, node_id: `C_${commit.sha}`, url: `${api}/commits/${commit.sha}`, html_url: page + commit.sha,
    author: commit.author, committer: commit.committer, message: commit.message.replace(/\n+$/, ''),
    tree: { sha: commit.tree, url: `${api}/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/commits/${sha}`, html_url: page + sha })), verification: verification(world, commit),
  };
}

const MODES: Record<string, string> = {
  '100644': 'blob',
  '100755': 'blob',
  '120000': 'blob',
  '040000': 'tree',
  '160000': 'commit',
};

function treeRoutes(world: World): void {
  repositoryRoute(world, 'GET', '/git/trees/:sha{.+}', async (call) => {
    const dir = world.git.dirOf(call.repo);
    const tree = await treeNamed(dir, call.param('sha'));
    if (!tree) throw notFound();
    return { json: await treeJson(world, call.repo, tree, call.query('recursive') !== undefined) };
  });

  repositoryRoute(world, 'POST', '/git/trees', async (call) => {
    const dir = world.git.dirOf(call.repo);
    const { tree: entries, base_tree: base } = call.body;
    if (!Array.isArray(entries)) throw unprocessable('Invalid tree info');
    const baseTree = base === undefined || base === null ? null : await treeBehind(dir, base);
    const changes = entries.map((entry) => treeChange(dir, entry as Json));
    for (const [at, { path, sha }] of changes.entries()) {
      const replaced = changes.slice(0, at).some((earlier) => earlier.sha !== null && path.startsWith(`${earlier.path}/`));
      const there = sha !== null || (baseTree && (await isInTree(dir, baseTree, path)));
      if (!there || (sha === null && replaced)) throw unprocessable('GitRPC::BadObjectState');
    }
    const sha = await buildTree(dir, baseTree, changes).catch((error: Error) => {
      throw unprocessable(`tree.sha is not a valid object: ${error.message.split(':').slice(-1)[0]?.trim()}`);
    });
    return { status: 201, json: await treeJson(world, call.repo, sha, false) };
  });
}

async function treeBehind(dir: string, name: unknown): Promise<string> {
  const tree = isSha(name) ? await treeNamed(dir, name) : undefined;
  if (!tree) throw unprocessable('base_tree is not a valid tree oid');
  return tree;
}

async function treeNamed(dir: string, name: string): Promise<string | undefined> {
  const loose = isSha(name) ? treeOf(dir, name) : undefined;
  if (loose) return loose;
  const { code, stdout } = await tryGit(dir, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{tree}`]);
  return code === 0 ? stdout.toString().trim() : undefined;
}

async function isInTree(dir: string, tree: string, path: string): Promise<boolean> {
  const entry = entryAt(dir, tree, path);
  return entry === undefined ? (await tryGit(dir, ['cat-file', '-e', `${tree}:${path}`])).code === 0 : entry !== null;
}

function treeChange(dir: string, { path, mode, sha, content }: Json): TreeChange {
  if (
    typeof path !== 'string' ||
    path === '' ||
    path.split('/').some((part) => ['', '.', '..'].includes(part) || part.toLowerCase() === '.git')
  )
    throw unprocessable('tree.path contains a malformed path component');
  const kept = typeof mode === 'string' && mode in MODES ? mode : undefined;
  if (sha === null && content === undefined) return { path, mode: '0', sha: null };
  if (kept === undefined) throw unprocessable('Must supply a valid tree.mode');
  if (typeof content === 'string') return { path, mode: kept, sha: writeObject(dir, 'blob', Buffer.from(content)) };
  if (!isSha(sha)) throw unprocessable('Must supply either tree.sha or tree.content');
  return { path, mode: kept, sha };
}

async function treeJson(world: World, repo: RepositoryRow, sha: string, recursive: boolean): Promise<Json> {
  const api = `${world.url}/repos/${repo.full_name}/git`;
  const entries = sha === EMPTY_TREE ? [] : await listTree(world.git.dirOf(repo), sha, { recursive });
  // biome-ignore format: one entry
  const tree = entries.map((entry) => ({
    path: entry.path, mode: entry.mode, type: entry.type, sha: entry.sha,
    ...(entry.size === null ? {} : { size: entry.size }), ...(entry.type === 'commit' ? {} : { url: `${api}/${entry.type}s/${entry.sha}` }),
  }));
  return { sha, url: `${api}/trees/${sha}`, tree: tree.slice(0, 100_000), truncated: tree.length > 100_000 };
}

function blobRoutes(world: World): void {
  repositoryRoute(world, 'GET', '/git/blobs/:sha', async (call): Promise<Answer> => {
    const sha = call.param('sha');
    const object = isSha(sha) ? await readObject(world.git.dirOf(call.repo), sha) : undefined;
    if (object?.type !== 'blob') throw notFound();
    if (call.context.req.header('accept')?.includes('raw'))
      return { raw: { body: new Uint8Array(object.body), type: 'application/octet-stream' } };
    const url = `${world.url}/repos/${call.repo.full_name}/git/blobs/${sha}`;
    return {
      json: { sha, node_id: `B_${sha}`, size: object.body.length, url, content: wrapped(object.body), encoding: 'base64' },
    };
  });

  repositoryRoute(world, 'POST', '/git/blobs', (call) => {
    const content = call.text('content');
    if (content === undefined) throw unprocessable('Invalid request.\n\n"content" wasn\'t supplied.');
    const sha = writeObject(
      world.git.dirOf(call.repo),
      'blob',
      Buffer.from(content, call.text('encoding') === 'base64' ? 'base64' : 'utf8'),
    );
    return { status: 201, json: { sha, url: `${world.url}/repos/${call.repo.full_name}/git/blobs/${sha}` } };
  });
}

/** Base64 in lines of 60 characters, as GitHub sends it. */
export const wrapped = (bytes: Buffer) => bytes.toString('base64').replace(/.{1,60}/g, '$&\n');
