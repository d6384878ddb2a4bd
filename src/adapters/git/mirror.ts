import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import { SnapshotError } from '../../ports/snapshot.ts';
import { basicAuthorization, type GitCredential, gitEnvironment } from './git-environment.ts';
import { snapshotError } from './git-error.ts';
import { type GitFailure, runGit } from './git-process.ts';
import type { ObjectReader } from './object-reader.ts';
import { pruneMirror, type Retention } from './prune-mirror.ts';

/** One bare repository that holds single commits, each without its history and under a ref of its own. */
export interface Mirror {
  readonly dir: string;
  /** The tree id of the commit, which is in the mirror from then on. Throws `SnapshotError`. */
  ensure(commit: string): Promise<string>;
  /**
   * Tells of a commit that was made elsewhere a moment ago, from a tree whose objects are all here: it need not be fetched. Where that
   * cannot be kept, `ensure` fetches it.
   */
  adopt(commit: string, tree: string): Promise<void>;
  /** Another number once the mirror was replaced: objects that were in it are there no more, but for those of commits that were ensured since. */
  generation(): number;
  /** Called when an object of this commit is missing: checks all of them, and replaces the mirror if one is not there. */
  repair(commit: string): Promise<string>;
}

export interface MirrorOptions {
  /** Ends in `.git`. */
  readonly dir: string;
  /** `OWNER/NAME`, for messages. */
  readonly label: string;
  /** `startOver`: it must not be one that was handed out before, which may have been revoked. */
  readonly credential: (startOver: boolean) => Promise<GitCredential>;
  readonly allowHttp: boolean;
  readonly retention: Retention;
  /** Of this mirror. */
  readonly reader: ObjectReader;
}

const CHECK_TIMEOUT_MS = 120_000;
/** The Linux repository takes 8 s; a large repository on a slow connection gets ten minutes. */
const FETCH_TIMEOUT_MS = 600_000;

/** Folders inside a mirror for one operation's temporary files. */
export const WORK_PREFIX = 'work-';

const refOf = (commit: string): string => `refs/planwright/${commit}`;

export function createMirror(options: MirrorOptions): Mirror {
  const { dir, label, allowHttp, reader } = options;
  const trees = new Map<string, Promise<string>>();
  let last: Promise<unknown> = Promise.resolve();
  let opened = false;
  let generation = 0;

  async function open(): Promise<void> {
    if (opened) return;
    await removeLocks(dir);
    await removeUnfinished(dir);
    opened = true;
  }

  const find = async (commit: string): Promise<string | null> =>
    (await exists(join(dir, 'HEAD'))) ? reader.treeOf(refOf(commit)) : null;

  async function obtain(commit: string): Promise<string> {
    await open();
    return (await find(commit)) ?? fetch(commit, 'in place');
  }

  async function recheck(commit: string): Promise<string> {
    if ((await find(commit)) === null) return fetch(commit, 'in place');
    const connected = await runGit(['rev-list', '--objects', '--quiet', refOf(commit)], {
      env: gitEnvironment({ gitDir: dir, allowHttp }),
      timeoutMs: CHECK_TIMEOUT_MS,
    });
    const present = connected.ok ? await find(commit) : null;
    return present ?? fetch(commit, 'new mirror');
  }

  async function keep(commit: string, tree: string): Promise<string> {
    await open();
    if ((await reader.treeOf(tree)) !== tree) throw new Error(`there is no tree ${tree}`);
    const ref = join(dir, refOf(commit));
    await mkdir(dirname(ref), { recursive: true });
    await writeFile(`${ref}.lock`, `${tree}\n`);
    await rename(`${ref}.lock`, ref);
    return tree;
  }

  async function fetch(commit: string, how: 'in place' | 'new mirror'): Promise<string> {
    const credential = await options.credential(false);
    const hidden = [...secretsOf(credential), dirname(dir)];
    const what = `git could not fetch ${commit} of ${label}`;
    if (!isAllowed(credential.url, allowHttp))
      throw new SnapshotError(`${what}: ${new URL(credential.url).protocol} is not allowed`, { isPermanent: true });

    if (how === 'in place') await createBare(dir);
    const updated = how === 'in place' && (await fetchInto(dir, commit, credential, allowHttp)).ok;
    if (!updated) {
      // The network failed for a moment, the commit is gone, or the mirror is damaged (a full disk, a lost page after a power cut).
      // A new mirror shows which: it replaces the old one only if the fetch succeeds there.
      await removeLocks(dir);
      // With a new token, too: GitHub revokes tokens early, for example when an installation is suspended and resumed.
      const renewed = await options.credential(true);
      const replaced = await fetchIntoNew(dir, commit, renewed, allowHttp);
      if (!replaced.ok) throw snapshotError(what, replaced.reason, [...hidden, ...secretsOf(renewed)]);
      generation += 1;
      trees.clear();
      reader.close();
    }
    const fetched = await find(commit);
    if (fetched === null) throw new SnapshotError(`${what}: it is not there afterwards`);
    const usedLast = [...new Set([commit, ...[...trees.keys()].reverse()])];
    for (const dropped of await pruneMirror(dir, usedLast, options.retention)) trees.delete(dropped);
    return fetched;
  }

  /** One at a time: two fetches into one mirror would fetch everything twice and compete for `shallow.lock`. */
  function next(commit: string, step: (commit: string) => Promise<string>): Promise<string> {
    const tree = last.then(() => step(commit));
    trees.set(commit, tree);
    last = tree.catch(() => {
      if (trees.get(commit) === tree) trees.delete(commit);
    });
    return tree;
  }

  return {
    dir,
    ensure(commit) {
      const tree = trees.get(commit) ?? next(commit, obtain);
      // The map is kept in the order of use, for tidying.
      trees.delete(commit);
      trees.set(commit, tree);
      return tree;
    },
    async adopt(commit, tree) {
      if (!trees.has(commit)) await next(commit, () => keep(commit, tree)).catch(() => {});
    },
    generation: () => generation,
    repair: (commit) => next(commit, recheck),
  };
}

const secretsOf = ({ token }: GitCredential): string[] => [token, basicAuthorization(token).split(' ').at(-1) ?? ''];

function isAllowed(url: string, allowHttp: boolean): boolean {
  const { protocol } = new URL(url);
  return protocol === 'https:' || (allowHttp && protocol === 'http:');
}

/** Created next to its place and moved there whole: a kill in the middle leaves a `.new-` folder that nothing reads. */
async function createBare(dir: string): Promise<void> {
  if (await exists(join(dir, 'HEAD'))) return;
  await replaceWith(dir, async () => success(undefined));
}

function fetchIntoNew(dir: string, commit: string, credential: GitCredential, allowHttp: boolean) {
  return replaceWith(dir, (fresh) => fetchInto(fresh, commit, credential, allowHttp));
}

async function replaceWith<T>(
  dir: string,
  fill: (fresh: string) => Promise<Outcome<T, GitFailure>>,
): Promise<Outcome<T, GitFailure>> {
  await mkdir(dirname(dir), { recursive: true });
  const fresh = await mkdtemp(`${dir}.new-`);
  try {
    const made = await initBare(fresh);
    if (!made.ok) return made;
    const filled = await fill(fresh);
    if (!filled.ok) return filled;
    await rm(dir, { recursive: true, force: true });
    await rename(fresh, dir);
    return filled;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/**
 * What `git init --bare` makes of an empty folder, as gitrepository-layout(5) describes it. HEAD comes last: from then on git takes the folder for a
 * repository.
 */
async function initBare(dir: string): Promise<Outcome<void, GitFailure>> {
  try {
    for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'])
      await mkdir(join(dir, folder), { recursive: true });
    await writeFile(join(dir, 'config'), '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n');
    await writeFile(join(dir, 'HEAD'), 'ref: refs/heads/none\n');
    return success(undefined);
  } catch (error) {
    // A full disk, as git would say it; the path is nobody's business.
    return failure({
      code: null,
      stderr: `could not make a repository: ${(error as NodeJS.ErrnoException).code}`,
      timedOut: false,
    });
  }
}

async function fetchInto(
  dir: string,
  commit: string,
  credential: GitCredential,
  allowHttp: boolean,
): Promise<Outcome<void, GitFailure>> {
  // The ref is written last and keeps the commit: without one the next fetch would download everything again.
  const args = ['fetch', '--quiet', '--depth=1', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
  const fetched = await runGit([...args, credential.url, `+${commit}:${refOf(commit)}`], {
    env: gitEnvironment({ gitDir: dir, allowHttp, credential }),
    timeoutMs: FETCH_TIMEOUT_MS,
  });
  return fetched.ok ? success(undefined) : failure(fetched.reason);
}

/**
 * Removes locks of a killed git. Only called while nothing of ours fetches into this mirror, so a lock has no living owner;
 * only one process uses a data folder.
 */
async function removeLocks(dir: string): Promise<void> {
  await removeFrom(dir, (name) => name.endsWith('.lock'));
  await removeFrom(join(dir, 'refs/planwright'), (name) => name.endsWith('.lock'));
  await removeFrom(join(dir, 'objects/pack'), (name) => name.startsWith('tmp_'));
}

/** Removes folders of a killed Planwright; only called before this process first uses the mirror. */
async function removeUnfinished(dir: string): Promise<void> {
  await removeFrom(dirname(dir), (name) => name.startsWith(`${basename(dir)}.new-`));
  await removeFrom(dir, (name) => name.startsWith(WORK_PREFIX));
}

async function removeFrom(dir: string, unwanted: (name: string) => boolean): Promise<void> {
  const names = (await listing(dir)).filter(unwanted);
  await Promise.all(names.map((name) => rm(join(dir, name), { recursive: true, force: true })));
}

const listing = (dir: string): Promise<string[]> => readdir(dir).catch(() => []);
const exists = async (path: string): Promise<boolean> => (await listing(dirname(path))).includes(basename(path));
