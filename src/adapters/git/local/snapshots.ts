import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SnapshotError, type Snapshots } from '../../../ports/snapshot.ts';
import { gitEnvironment } from '../git-environment.ts';
import { snapshotError } from '../git-error.ts';
import { runGit } from '../git-process.ts';
import { createListings } from '../listings.ts';
import type { Mirror } from '../mirror.ts';
import { createObjectReader } from '../object-reader.ts';
import { snapshotOf } from '../snapshots.ts';
import type { LocalRepository } from './repository.ts';

const LOCAL_TIMEOUT_MS = 30_000;

/**
 * Snapshots of a repository on this machine. They are read from a bare repository of our own that borrows its objects, so that
 * whatever reading and editing writes (trees with an executor's edits on them, lock files) is written there.
 * @param dir of that repository; made when it is missing.
 */
export async function openLocalSnapshots(
  dir: string,
  { name, objects, gitDir, shallow }: Pick<LocalRepository, 'name' | 'objects' | 'gitDir' | 'shallow'>,
): Promise<Snapshots & { close(): void }> {
  const env = gitEnvironment({ gitDir: dir, allowHttp: false });
  await mkdir(dir, { recursive: true });
  const made = await runGit(['init', '--quiet', '--bare', '--template=', dir], { env, timeoutMs: LOCAL_TIMEOUT_MS });
  if (!made.ok) throw snapshotError('git could not make a repository in the cache', made.reason, []);
  await mkdir(join(dir, 'objects/info'), { recursive: true });
  await writeFile(join(dir, 'objects/info/alternates'), `${objects}\n`);
  // In a shallow clone git must not expect the commits below the cut.
  if (shallow) await cp(join(gitDir, 'shallow'), join(dir, 'shallow'));

  const tree = async (commit: string): Promise<string> => {
    const found = await runGit(['rev-parse', '--verify', '--quiet', `${commit}^{tree}`], { env, timeoutMs: LOCAL_TIMEOUT_MS });
    if (!found.ok) throw new SnapshotError(`the commit ${commit} is no longer in ${name}`, { isPermanent: true });
    return found.value.toString().trim();
  };
  const trees = new Map<string, Promise<string>>();
  const ensure = (commit: string): Promise<string> => {
    const known = trees.get(commit) ?? tree(commit);
    trees.set(commit, known);
    known.catch(() => trees.delete(commit));
    return known;
  };
  const mirror: Mirror = { dir, ensure, repair: tree, adopt: async () => {}, generation: () => 0 };
  const reader = createObjectReader(env);
  const listings = createListings();
  return {
    async open(_, commit) {
      if (!/^[0-9a-f]{40}$/.test(commit))
        throw new SnapshotError(`not a commit id: ${JSON.stringify(commit)}`, { isPermanent: true });
      return snapshotOf({ label: name, mirror, reader }, { commit, tree: await ensure(commit) }, false, listings);
    },
    close() {
      reader.close();
      listings.clear();
    },
  };
}
