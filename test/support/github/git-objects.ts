// Objects in a bare repository, written and read as git stores them: the ids are git's own.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { git, gitOfObjects, tryGit } from './git-command.ts';

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

export interface Identity {
  name: string;
  email: string;
  /** ISO 8601; the offset is kept */
  date: string;
}

export interface Commit {
  sha: string;
  tree: string;
  parents: string[];
  author: Identity;
  committer: Identity;
  message: string;
}

export interface TreeEntry {
  mode: string;
  type: 'blob' | 'tree' | 'commit';
  sha: string;
  size: number | null;
  path: string;
}

/** One line of the tree to be built; `sha: null` takes the path away. */
export interface TreeChange {
  path: string;
  mode: string;
  sha: string | null;
}

export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** Writes a loose object without starting git, and returns its id. */
export function writeObject(dir: string, type: ObjectType, body: Buffer): string {
  const whole = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
  const sha = createHash('sha1').update(whole).digest('hex');
  const folder = join(dir, 'objects', sha.slice(0, 2));
  const file = join(folder, sha.slice(2));
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const draft = `${file}.${randomUUID()}`; // a reader must never see half an object
    writeFileSync(draft, deflateSync(whole, { level: 1 }), { mode: 0o444 });
    renameSync(draft, file);
  }
  return sha;
}

interface GitObject {
  type: ObjectType;
  body: Buffer;
}

const read = new Map<string, GitObject>();
/** Bytes; what is larger is read again. */
const REMEMBERED_MAX = 20_000;

export async function readObject(dir: string, sha: string): Promise<GitObject | undefined> {
  const key = `${dir} ${sha}`;
  const known = read.get(key);
  if (known) return known;
  const { stdout } = await tryGit(dir, ['cat-file', '--batch'], { input: `${sha}\n` });
  const end = stdout.indexOf(10);
  const [, type, size] = stdout.toString('latin1', 0, end).split(' ');
  if (size === undefined) return undefined; // "<name> missing"
  const object = { type: type as ObjectType, body: stdout.subarray(end + 1, end + 1 + Number(size)) };
  if (/^[0-9a-f]{40}$/.test(sha) && object.body.length <= REMEMBERED_MAX) read.set(key, object);
  return object;
}

/** What kind of object each id is; those that are not there are left out. */
export async function typesOf(dir: string, shas: readonly string[]): Promise<Map<string, string>> {
  const listing = await git(dir, ['cat-file', '--batch-check=%(objectname) %(objecttype)'], {
    input: shas.map((sha) => `${sha}\n`).join(''),
  });
  const lines = listing.split('\n').map((line) => line.split(' '));
  return new Map(lines.flatMap(([sha, type]) => (sha && type && type !== 'missing' ? [[sha, type] as const] : [])));
}

/** The full id of what `name` stands for (a branch, a tag, a commit id), peeled to a commit; undefined when there is none. */
export async function resolveCommit(dir: string, name: string): Promise<string | undefined> {
  if (name.startsWith('-')) return undefined;
  // GitHub takes no branch or tag that is called like an id.
  if (/^[0-9a-f]{40}$/.test(name)) {
    const commit = gitOfObjects(dir, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
    return commit.then(
      (said) => said.trim(),
      () => undefined,
    );
  }
  for (const candidate of [`refs/heads/${name}`, `refs/tags/${name}`, name]) {
    const { code, stdout } = await tryGit(dir, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${candidate}^{commit}`]);
    if (code === 0) return stdout.toString().trim();
  }
  return undefined;
}

function identityLine({ name, email, date }: Identity): string {
  const clean = (text: string) => text.replace(/[<>\n\0]/g, '').trim();
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)$/.exec(date) ?? [];
  const offset = sign ? `${sign}${hours}${minutes}` : '+0000';
  return `${clean(name)} <${clean(email)}> ${Math.floor(Date.parse(date) / 1000)} ${offset}`;
}

export function writeCommit(dir: string, commit: Omit<Commit, 'sha'>): string {
  const head = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${identityLine(commit.author)}`,
    `committer ${identityLine(commit.committer)}`,
  ];
  return writeObject(dir, 'commit', Buffer.from(`${head.join('\n')}\n\n${commit.message}`));
}

function parseIdentity(line: string): Identity {
  const [, name = '', email = '', seconds = '0', sign = '+', hours = '00', minutes = '00'] =
    /^(.*) <(.*)> (\d+) ([+-])(\d\d)(\d\d)$/.exec(line) ?? [];
  const shift = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60;
  const local = new Date((Number(seconds) + shift) * 1000).toISOString().slice(0, 19);
  return { name, email, date: shift === 0 ? `${local}Z` : `${local}${sign}${hours}:${minutes}` };
}

export async function readCommit(dir: string, sha: string): Promise<Commit | undefined> {
  const object = await readObject(dir, sha);
  if (object?.type !== 'commit') return undefined;
  const text = object.body.toString();
  const cut = text.indexOf('\n\n');
  const lines = text.slice(0, cut).split('\n');
  const values = (key: string) => lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  return {
    sha,
    tree: values('tree')[0] ?? EMPTY_TREE,
    parents: values('parent'),
    author: parseIdentity(values('author')[0] ?? ''),
    committer: parseIdentity(values('committer')[0] ?? ''),
    message: text.slice(cut + 2),
  };
}

export async function listTree(dir: string, treeish: string, { recursive = false, path = '' } = {}): Promise<TreeEntry[]> {
  const args = [
    'ls-tree',
    '-z',
    '--long',
    ...(recursive ? ['-r', '-t'] : []),
    '--full-tree',
    treeish,
    ...(path ? ['--', path] : []),
  ];
  const output = await git(dir, args);
  return output
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const tab = line.indexOf('\t');
      const [mode = '', type = '', sha = '', size = '-'] = line.slice(0, tab).split(/ +/);
      return { mode, type: type as TreeEntry['type'], sha, size: size === '-' ? null : Number(size), path: line.slice(tab + 1) };
    });
}

/** Builds a tree from `base` (null: nothing) and the changes, through an index of its own, so nested paths are git's business. */
export async function buildTree(dir: string, base: string | null, changes: readonly TreeChange[]): Promise<string> {
  const env = { GIT_INDEX_FILE: join(dir, `index.${randomUUID()}`) };
  try {
    if (base) await git(dir, ['read-tree', base], { env });
    const removed = changes.filter((change) => change.sha === null || change.mode === '040000');
    if (removed.length) {
      const under = await git(dir, ['--literal-pathspecs', 'ls-files', '-z', '--', ...removed.map((change) => change.path)], {
        env,
      });
      const lines = under
        .split('\0')
        .filter(Boolean)
        .map((path) => `0 ${'0'.repeat(40)}\t${path}\0`);
      await git(dir, ['update-index', '-z', '--index-info'], { env, input: lines.join('') });
    }
    const files = changes.filter((change) => change.sha !== null && change.mode !== '040000');
    const lines = files.map((change) => `${change.mode} ${change.sha}\t${change.path}\0`);
    await git(dir, ['update-index', '--replace', '-z', '--index-info'], { env, input: lines.join('') });
    for (const change of changes)
      if (change.mode === '040000' && change.sha) await git(dir, ['read-tree', `--prefix=${change.path}/`, change.sha], { env });
    return (await git(dir, ['write-tree'], { env })).trim();
  } finally {
    rmSync(env.GIT_INDEX_FILE, { force: true });
  }
}
