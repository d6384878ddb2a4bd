// Git's objects in memory, with git's own ids, and the packs that hold them.
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

type Kind = 'commit' | 'tree' | 'blob';

interface StoredObject {
  readonly kind: Kind;
  readonly body: Buffer;
}

/** A file's mode and blob, by its path. */
export type Files = ReadonlyMap<string, { readonly mode: string; readonly sha: string }>;

interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}

export interface ObjectStore {
  blob(content: Buffer): string;
  contentOf(blob: string): Buffer | null;
  tree(files: Files): string;
  filesOf(tree: string): Files | null;
  commit(commit: Omit<Commit, 'sha'>, at: Date): Commit;
  commitOf(sha: string): Commit | null;
  /** A commit with its tree and files, without its history, as a fetch of depth 1 receives it. */
  packOf(commit: string): Buffer | null;
}

const PACK_NUMBER: Readonly<Record<Kind, number>> = { commit: 1, tree: 2, blob: 3 };
const AUTHOR = 'planwright[bot] <1+planwright[bot]@users.noreply.github.com>';

export function createObjectStore(): ObjectStore {
  const objects = new Map<string, StoredObject>();
  const trees = new Map<string, Files>();
  const commits = new Map<string, Commit>();
  const packs = new Map<string, Buffer>();

  function put(kind: Kind, body: Buffer): string {
    const sha = createHash('sha1').update(`${kind} ${body.length}\0`).update(body).digest('hex');
    if (!objects.has(sha)) objects.set(sha, { kind, body });
    return sha;
  }

  function putTree(files: Files): string {
    const below = new Map<string, Map<string, { mode: string; sha: string }>>();
    const entries: { name: string; mode: string; sha: string }[] = [];
    for (const [path, file] of files) {
      const cut = path.indexOf('/');
      if (cut < 0) entries.push({ name: path, ...file });
      else below.set(path.slice(0, cut), (below.get(path.slice(0, cut)) ?? new Map()).set(path.slice(cut + 1), file));
    }
    for (const [name, inside] of below) entries.push({ name, mode: '40000', sha: putTree(inside) });
    // Git sorts a folder as if its name ended with a slash.
    const key = ({ name, mode }: { name: string; mode: string }): Buffer => Buffer.from(mode === '40000' ? `${name}/` : name);
    entries.sort((a, b) => Buffer.compare(key(a), key(b)));
    const lines = entries.map(({ name, mode, sha }) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(sha, 'hex')]),
    );
    const sha = put('tree', Buffer.concat(lines));
    trees.set(sha, files);
    return sha;
  }

  function* reachable(commit: Commit): Generator<string> {
    yield commit.sha;
    const folders = [commit.tree];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      yield folder;
      for (const { mode, sha } of entriesOf(objects.get(folder)?.body ?? Buffer.alloc(0)))
        if (mode === '40000') folders.push(sha);
        else yield sha;
    }
  }

  return {
    blob: (content) => put('blob', content),
    contentOf: (blob) => objects.get(blob)?.body ?? null,
    tree: putTree,
    filesOf: (tree) => trees.get(tree) ?? null,
    commit({ tree, parents, message }, at) {
      const signature = `${AUTHOR} ${Math.floor(at.getTime() / 1_000)} +0000`;
      const head = [`tree ${tree}`, ...parents.map((one) => `parent ${one}`), `author ${signature}`, `committer ${signature}`];
      const sha = put('commit', Buffer.from(`${head.join('\n')}\n\n${message}`));
      const made = { sha, tree, parents, message };
      commits.set(sha, made);
      return made;
    },
    commitOf: (sha) => commits.get(sha) ?? null,
    packOf(sha) {
      const commit = commits.get(sha);
      if (!commit) return null;
      const known = packs.get(sha);
      if (known) return known;
      const found = [...new Set(reachable(commit))].map((one) => objects.get(one)).filter((one) => one !== undefined);
      const pack = packed(found);
      packs.set(sha, pack);
      return pack;
    },
  };
}

function* entriesOf(tree: Buffer): Generator<{ readonly mode: string; readonly sha: string }> {
  for (let at = 0; at < tree.length; ) {
    const end = tree.indexOf(0, at);
    yield { mode: tree.toString('latin1', at, tree.indexOf(0x20, at)), sha: tree.toString('hex', end + 1, end + 21) };
    at = end + 21;
  }
}

function packed(objects: readonly StoredObject[]): Buffer {
  const head = Buffer.alloc(12);
  head.write('PACK');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(objects.length, 8);
  const parts = objects.flatMap(({ kind, body }) => [sizeOf(PACK_NUMBER[kind], body.length), deflateSync(body)]);
  const whole = Buffer.concat([head, ...parts]);
  return Buffer.concat([whole, createHash('sha1').update(whole).digest()]);
}

/** Three bits of kind and four of size in the first byte, then seven of size in each; the highest bit says that more follow. */
function sizeOf(kind: number, size: number): Buffer {
  const bytes = [(kind << 4) | (size & 15)];
  for (let rest = size >> 4; rest > 0; rest >>= 7) {
    bytes[bytes.length - 1] = (bytes.at(-1) as number) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}
