// Objects in a bare repository, written and read as git stores them: the ids are git's own.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitOfObjects, tryGit } from './git-command.ts';
import { type GitObject, looseObject, type ObjectType, remember, writeObject } from './loose-objects.ts';
import { isPlainRef, looseRef } from './loose-refs.ts';
import { allBelow, EMPTY_TREE, type Entry, entryAt, looseTree, treeOf, treeWith } from './loose-trees.ts';

const isId = (name: string): boolean => /^[0-9a-f]{40}$/.test(name);

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

export async function readObject(dir: string, sha: string): Promise<GitObject | undefined> {
  const loose = isId(sha) ? looseObject(dir, sha) : undefined;
  if (loose) return loose;
  const { stdout } = await tryGit(dir, ['cat-file', '--batch'], { input: `${sha}\n` });
  const end = stdout.indexOf(10);
  const [, type, size] = stdout.toString('latin1', 0, end).split(' ');
  if (size === undefined) return undefined; // "<name> missing"
  const object = { type: type as ObjectType, body: stdout.subarray(end + 1, end + 1 + Number(size)) };
  return isId(sha) ? remember(dir, sha, object) : object;
}

/** What kind of object each id is; those that are not there are left out. */
export async function typesOf(dir: string, shas: readonly string[]): Promise<Map<string, string>> {
  const loose = new Map(shas.flatMap((sha) => typeAt(dir, sha)));
  const others = shas.filter((sha) => !loose.has(sha));
  if (others.length === 0) return loose;
  const listing = await git(dir, ['cat-file', '--batch-check=%(objectname) %(objecttype)'], {
    input: others.map((sha) => `${sha}\n`).join(''),
  });
  const lines = listing.split('\n').map((line) => line.split(' '));
  const found = lines.flatMap(([sha, type]) => (sha && type && type !== 'missing' ? [[sha, type] as const] : []));
  return new Map([...loose, ...found]);
}

const typeAt = (dir: string, sha: string): [string, string][] => {
  const object = looseObject(dir, sha);
  return object ? [[sha, object.type]] : [];
};

/** The full id of what `name` stands for (a branch, a tag, a commit id), peeled to a commit; undefined when there is none. */
export async function resolveCommit(dir: string, name: string): Promise<string | undefined> {
  if (name.startsWith('-')) return undefined;
  // GitHub takes no branch or tag that is called like an id.
  if (isId(name)) {
    if (looseObject(dir, name)?.type === 'commit') return name;
    const commit = gitOfObjects(dir, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
    return commit.then(
      (said) => said.trim(),
      () => undefined,
    );
  }
  const tip = name === 'HEAD' ? looseRef(dir, name) : isPlainRef(`refs/heads/${name}`) && looseRef(dir, `refs/heads/${name}`);
  if (tip && looseObject(dir, tip)?.type === 'commit') return tip;
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
  const loose = looseListing(dir, treeish, recursive, path);
  if (loose) return loose;
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

function looseListing(dir: string, treeish: string, recursive: boolean, path: string): TreeEntry[] | undefined {
  const tree = isId(treeish) ? treeOf(dir, treeish) : undefined;
  if (tree === undefined || (recursive && path)) return undefined;
  if (path) {
    const entry = entryAt(dir, tree, path);
    return entry === null ? [] : entry && listed(dir, [{ ...entry, path }]);
  }
  const own = () => [...(looseTree(dir, tree) ?? [])].map(([name, entry]) => ({ ...entry, path: name }));
  const found = recursive ? allBelow(dir, tree) : own();
  return found && listed(dir, found);
}

function listed(dir: string, found: readonly (Entry & { path: string })[]): TreeEntry[] | undefined {
  const entries: TreeEntry[] = [];
  for (const { mode, sha, path } of found) {
    const type = mode === '040000' ? 'tree' : mode === '160000' ? 'commit' : 'blob';
    const blob = type === 'blob' ? looseObject(dir, sha) : undefined;
    if (type === 'blob' && !blob) return undefined;
    entries.push({ mode, type, sha, size: blob?.body.length ?? null, path });
  }
  return entries;
}

/** Path components that git has a word to say about. */
const ODD_PATH = /(^|\/)(\.{0,2}|\.git)(\/|$)|[\\~:]/i;

/** Builds a tree from `base` (null: nothing) and the changes. */
export async function buildTree(dir: string, base: string | null, changes: readonly TreeChange[]): Promise<string> {
  const plain = changes.every(({ path, mode, sha }) => !ODD_PATH.test(path) && (sha === null || mode.startsWith('1')));
  const tree = base === null ? null : isId(base) ? treeOf(dir, base) : undefined;
  const built = plain && tree !== undefined && treeWith(dir, tree, inIndexOrder(changes));
  return built || buildWithIndex(dir, base, changes);
}

/** What is taken out goes first: a folder can become a file. */
const inIndexOrder = (changes: readonly TreeChange[]): TreeChange[] => [
  ...changes.filter((change) => change.sha === null),
  ...changes.filter((change) => change.sha !== null),
];

/** The same through an index of its own, so nested paths are git's business. */
async function buildWithIndex(dir: string, base: string | null, changes: readonly TreeChange[]): Promise<string> {
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
