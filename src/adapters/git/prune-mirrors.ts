import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const UNUSED = '.unused';

/**
 * Removes mirrors of repositories that nobody has read since then. Each is moved away first, in one piece, so that it is either whole or not there for one
 * who wants it at this moment.
 * @param root holds OWNER/NAME.git.
 * @param forget called with a folder before it is moved; false: it is in use after all.
 */
export async function pruneMirrors(
  root: string,
  before: Date,
  { limit, forget }: { readonly limit: number; readonly forget: (dir: string) => boolean },
): Promise<number> {
  let removed = 0;
  for (const owner of await namesIn(root)) {
    for (const name of await namesIn(join(root, owner))) {
      const dir = join(root, owner, name);
      // One that a killed process left behind.
      if (name.endsWith(UNUSED)) await rm(dir, { recursive: true, force: true });
      else if (name.endsWith('.git') && (await usedAt(dir)) < before.getTime() && forget(dir)) {
        await rename(dir, dir + UNUSED);
        await rm(dir + UNUSED, { recursive: true, force: true });
        removed += 1;
        if (removed === limit) return removed;
      }
    }
  }
  return removed;
}

const namesIn = (dir: string): Promise<string[]> => readdir(dir).catch(() => []);

/** A folder's time is set when the mirror is read (`noteUse`). One that is gone meanwhile was used just now, as far as this is concerned. */
const usedAt = async (dir: string): Promise<number> =>
  stat(dir).then(
    ({ mtimeMs }) => mtimeMs,
    () => Number.POSITIVE_INFINITY,
  );
