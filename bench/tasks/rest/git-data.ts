import type { Files } from '../objects.ts';
import { DEFAULT_BRANCH, headOf, type Repository } from '../world.ts';
import { type Answer, type Api, type Call, made, NOT_FOUND, ok, type Route, unprocessable } from './route.ts';
import { BOT, now, refShape } from './shapes.ts';

interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly sha?: string | null;
  readonly content?: string;
}

export function gitDataRoutes({ world, deliveries }: Api): readonly Route[] {
  const { objects } = world;
  const filesBehind = (sha: string): Files | null => objects.filesOf(sha) ?? objects.filesOf(objects.commitOf(sha)?.tree ?? '');

  function refAnswer({ repository, found: [branch = ''] }: Call): Answer {
    const sha = headOf(repository, branch);
    return sha === null ? NOT_FOUND : ok(refShape([`refs/heads/${branch}`, sha]));
  }

  function move(repository: Repository, ref: string, after: string): object {
    const before = repository.refs.get(ref);
    repository.refs.set(ref, after);
    const what = { ref, before: before ?? '0'.repeat(40), after, created: before === undefined, deleted: false, forced: false };
    deliveries.send(repository, 'push', 'app', { ...what, commits: [] });
    return refShape([ref, after]);
  }

  function createRef({ repository, body }: Call): Answer {
    const ref = String(body.ref);
    return repository.refs.has(ref) ? unprocessable('Reference already exists') : made(move(repository, ref, String(body.sha)));
  }

  function moveRef({ repository, found: [name = ''], body }: Call): Answer {
    const ref = `refs/${name}`;
    return repository.refs.has(ref) ? ok(move(repository, ref, String(body.sha))) : unprocessable('Reference does not exist');
  }

  function commitAnswer(sha: string, status: number): Answer {
    const commit = objects.commitOf(sha);
    if (!commit) return NOT_FOUND;
    const author = { name: BOT.login, email: `${BOT.id}+${BOT.login}@users.noreply.github.com`, date: now() };
    const parents = commit.parents.map((parent) => ({ sha: parent }));
    return { status, json: { sha, tree: { sha: commit.tree }, parents, message: commit.message, author, committer: author } };
  }

  function createCommit({ body }: Call): Answer {
    const what = { tree: String(body.tree), parents: body.parents as string[], message: String(body.message) };
    return commitAnswer(objects.commit(what, new Date()).sha, 201);
  }

  function createTree({ body }: Call): Answer {
    const base = body.base_tree === undefined ? new Map() : filesBehind(String(body.base_tree));
    if (base === null) return unprocessable('base_tree is not a valid tree oid');
    const files = new Map(base);
    for (const { path, mode, sha, content } of body.tree as readonly TreeEntry[])
      if (sha === null) files.delete(path);
      else files.set(path, { mode, sha: sha ?? objects.blob(Buffer.from(content ?? '')) });
    return made({ sha: objects.tree(files), tree: [], truncated: false });
  }

  function createBlob({ body }: Call): Answer {
    const encoding = body.encoding === 'base64' ? 'base64' : 'utf8';
    return made({ sha: objects.blob(Buffer.from(String(body.content), encoding)) });
  }

  function contentAnswer({ repository, found: [path = ''], query }: Call): Answer {
    const ref = query.get('ref') ?? DEFAULT_BRANCH;
    const file = filesBehind(headOf(repository, ref) ?? ref)?.get(path);
    const bytes = file && objects.contentOf(file.sha);
    if (!file || !bytes) return NOT_FOUND;
    const content = bytes.toString('base64');
    return ok({ type: 'file', encoding: 'base64', size: bytes.length, path, sha: file.sha, content });
  }

  function compareAnswer({ repository, found }: Call): Answer {
    const [base = '', head = ''] = found.map((name) => headOf(repository, name) ?? name);
    const [before, after] = [filesBehind(base), filesBehind(head)];
    if (!before || !after) return NOT_FOUND;
    const paths = [...new Set([...before.keys(), ...after.keys()])];
    const changed = paths.filter((path) => before.get(path)?.sha !== after.get(path)?.sha);
    const files = changed.map((filename) => ({ filename, status: 'modified' }));
    return ok({ status: base === head ? 'identical' : 'ahead', merge_base_commit: { sha: base }, commits: [], files });
  }

  const matchingRefs = ({ repository, found: [prefix = ''] }: Call): Answer =>
    ok([...repository.refs].filter(([name]) => name.startsWith(`refs/${prefix}`)).map(refShape));

  return [
    ['GET', /^\/git\/ref\/heads\/(.+)$/, refAnswer],
    ['GET', /^\/git\/matching-refs\/(.+)$/, matchingRefs],
    ['POST', /^\/git\/refs$/, createRef],
    ['PATCH', /^\/git\/refs\/(.+)$/, moveRef],
    ['GET', /^\/git\/commits\/([0-9a-f]+)$/, ({ found: [sha = ''] }) => commitAnswer(sha, 200)],
    ['POST', /^\/git\/commits$/, createCommit],
    ['POST', /^\/git\/trees$/, createTree],
    ['POST', /^\/git\/blobs$/, createBlob],
    ['GET', /^\/contents\/(.+)$/, contentAnswer],
    ['GET', /^\/compare\/(.+)\.\.\.(.+)$/, compareAnswer],
  ];
}
