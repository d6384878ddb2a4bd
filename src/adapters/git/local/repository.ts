import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { failure, type Outcome, success } from '../../../domain/outcome.ts';
import { personGit } from './person-git.ts';

/** A repository on this machine as a person works with it. Paths are absolute. */
export interface LocalRepository {
  /** The working tree's top folder; for a bare repository, the repository itself. */
  readonly path: string;
  readonly name: string;
  /** What all its working trees share: objects and branches. */
  readonly gitDir: string;
  readonly objects: string;
  /** The commit at HEAD. */
  readonly head: string;
  /** Null: HEAD is detached. */
  readonly branch: string | null;
  readonly bare: boolean;
  /** One of several working trees, and not the first. */
  readonly linkedWorktree: boolean;
  /** The working tree this is a submodule of. */
  readonly superproject: string | null;
  readonly shallow: boolean;
  /** Files at HEAD. */
  readonly files: number;
  /**
   * What differs from HEAD in the working tree and the index, with untracked files counted separately; null: git could not tell.
   */
  readonly uncommitted: { readonly changed: number; readonly untracked: number } | null;
  /** Null: git knows no name and address to commit with. */
  readonly identity: { readonly name: string; readonly email: string } | null;
}

/**
 * Inspects a repository without changing anything in it. The reason of a failure is a sentence or two for the person who named it.
 */
export async function inspectRepository(given: string): Promise<Outcome<LocalRepository>> {
  const path = resolve(given);
  if (!existsSync(path)) return failure(`${path} does not exist.`);
  const places = await ask(path, ['--absolute-git-dir', '--git-common-dir', '--is-bare-repository', '--show-object-format']);
  if (!places.ok) return failure(whyNoRepository(path, places.reason));
  const [ownDir = '', commonDir = '', isBare, format] = places.value;
  const bare = isBare === 'true';
  if (format !== 'sha1') return failure(`${path} uses ${format} object ids. Planwright reads repositories with SHA-1 ids only.`);
  const inside = bare ? success(['']) : await ask(path, ['--show-toplevel']);
  const top = inside.ok && inside.value[0] ? inside.value[0] : ownDir;
  if (/[\n\r]/.test(commonDir + top))
    return failure(`The path of ${JSON.stringify(path)} has a line break, which git's own files cannot hold.`);
  const head = await read(path, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (head === null) return failure(await whyNoHead(path));
  const missing = await missingObjects(path);
  if (missing !== null) return failure(missing);
  const [branch, superproject, shallow, objects, listed] = await Promise.all([
    read(path, ['symbolic-ref', '--quiet', '--short', 'HEAD']),
    bare ? null : read(path, ['rev-parse', '--show-superproject-working-tree']),
    read(path, ['rev-parse', '--is-shallow-repository']),
    read(path, ['rev-parse', '--path-format=absolute', '--git-path', 'objects']),
    personGit(path, ['ls-tree', '-r', '-z', '--full-tree', '--name-only', head]),
  ]);
  if (objects === null || !listed.ok) return failure(`git cannot read the files of ${path} at HEAD: run \`git fsck\` there.`);
  const name = basename(top).replace(/\.git$/, '') || basename(dirname(top));
  return success({
    path: top,
    name,
    gitDir: commonDir,
    objects,
    head,
    branch,
    bare,
    linkedWorktree: !bare && ownDir !== commonDir && !superproject,
    superproject: superproject || null,
    shallow: shallow === 'true',
    files: countNuls(listed.value),
    uncommitted: bare ? { changed: 0, untracked: 0 } : await uncommittedIn(path),
    identity: await identityIn(path),
  });
}

async function read(path: string, args: readonly string[]): Promise<string | null> {
  const done = await personGit(path, args);
  return done.ok ? done.value.toString().replace(/\n$/, '') : null;
}

/** One line for each question to `git rev-parse`. */
async function ask(path: string, questions: readonly string[]): Promise<Outcome<string[]>> {
  const done = await personGit(path, ['rev-parse', '--path-format=absolute', ...questions]);
  return done.ok ? success(done.value.toString().trimEnd().split('\n')) : failure(done.reason.stderr);
}

function whyNoRepository(path: string, stderr: string): string {
  if (stderr.includes('dubious ownership'))
    return `git does not trust ${path}, because it belongs to another user. If you do: git config --global --add safe.directory ${path}`;
  if (stderr.includes('ENOENT')) return 'git is not installed, or not on the PATH.';
  if (stderr.includes('not a git repository')) return `${path} is not a git repository. Name one with --repo PATH.`;
  return `git cannot open ${path}: ${stderr.trim().split('\n').at(-1)}`;
}

async function whyNoHead(path: string): Promise<string> {
  const others = await read(path, ['for-each-ref', '--count=1', '--format=%(refname:short)', 'refs/heads/', 'refs/remotes/']);
  return others
    ? `HEAD of ${path} is a branch without commits. Check out one that has some, ${others} for example.`
    : `${path} has no commits yet, so there is nothing to plan on. Make a first one: git commit --allow-empty -m "First commit"`;
}

/** Why objects are missing: a partial clone leaves out what only its remote has, and nothing is fetched here. */
async function missingObjects(path: string): Promise<string | null> {
  const partial = await read(path, ['config', '--get-regexp', '^(extensions\\.partialclone|remote\\..*\\.promisor)$']);
  if (!partial) return null;
  const listed = await read(path, ['rev-list', '--objects', '--no-walk', '--missing=print', 'HEAD']);
  const missing = listed?.split('\n').filter((line) => line.startsWith('?')).length ?? 0;
  if (listed !== null && missing === 0) return null;
  return `${path} is a partial clone, and ${missing} of the files at HEAD are not in it. Fetch them first: git fetch --refetch --no-filter`;
}

async function uncommittedIn(path: string): Promise<LocalRepository['uncommitted']> {
  const status = await personGit(path, ['status', '--porcelain', '-z', '--no-renames', '--untracked-files=normal']);
  if (!status.ok) return null;
  const entries = status.value.toString().split('\0').filter(Boolean);
  const untracked = entries.filter((entry) => entry.startsWith('??')).length;
  return { changed: entries.length - untracked, untracked };
}

async function identityIn(path: string): Promise<LocalRepository['identity']> {
  const { GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL } = process.env;
  const name = GIT_AUTHOR_NAME || (await read(path, ['config', 'user.name']));
  const email = GIT_AUTHOR_EMAIL || (await read(path, ['config', 'user.email']));
  return name && email ? { name, email } : null;
}

function countNuls(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0); at !== -1; at = bytes.indexOf(0, at + 1)) count += 1;
  return count;
}
