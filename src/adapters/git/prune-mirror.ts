import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gitEnvironment } from './git-environment.ts';
import { runGit } from './git-process.ts';

/** How many commits a mirror may collect (`most`) before it is reduced to the `kept` that were used last. */
export interface Retention {
  readonly most: number;
  readonly kept: number;
}

const TIDY_TIMEOUT_MS = 600_000;
/** Younger objects stay although nothing refers to them: a tree made of them may be in use. */
const GRACE = '1.hour.ago';

/**
 * Each commit adds a pack and a line in `shallow`, and nothing else ever removes them (`gc.auto` is off, because git would run
 * it while the mirror is in use). Called while nothing is fetched into the mirror. Returns the commits that were dropped;
 * failing to drop them costs only disk space, so it is no error.
 */
export async function pruneMirror(
  gitDir: string,
  usedLast: readonly string[],
  { most, kept }: Retention,
): Promise<readonly string[]> {
  const commits = await readdir(join(gitDir, 'refs/planwright')).catch(() => []);
  if (commits.length <= most) return [];
  const keep = new Set(usedLast.slice(0, kept));
  const dropped = commits.filter((commit) => !keep.has(commit));
  const env = gitEnvironment({ gitDir, allowHttp: false });
  const git = (args: readonly string[], input = '') => runGit(args, { env, input, timeoutMs: TIDY_TIMEOUT_MS });
  const deleted = await git(['update-ref', '--stdin'], dropped.map((commit) => `delete refs/planwright/${commit}\n`).join(''));
  if (!deleted.ok) return [];
  await git(['-c', 'pack.threads=1', '-c', 'pack.windowMemory=64m', 'repack', '-q', '-A', '-d', `--unpack-unreachable=${GRACE}`]);
  await git(['prune', `--expire=${GRACE}`]);
  return dropped;
}
