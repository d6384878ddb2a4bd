import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Outcome, success } from '../../domain/outcome.ts';
import { type GitEnvironmentOptions, gitEnvironment } from './git-environment.ts';
import { type GitFailure, runGit } from './git-process.ts';
import { WORK_PREFIX } from './mirror.ts';

const APPLY_TIMEOUT_MS = 60_000;
/** KiB. A patch of megabytes takes a fraction of it. */
const MEMORY_KIB = 300_000;

/** The patch is our stdin, which only the second git reads. Linux enforces the limit; other systems keep the timeout. */
const APPLY = [
  `ulimit -d ${MEMORY_KIB} 2>/dev/null`,
  'git read-tree "$0" </dev/null && git apply --cached --whitespace=nowarn - && git write-tree',
].join('; ');

/**
 * The id of `tree` with a patch in git's form applied, through an index of its own: no file is ever created under a name that comes
 * from the patch, and a path that leaves the repository is refused by git.
 */
export async function applyPatch(tree: string, patch: Buffer, base: GitEnvironmentOptions): Promise<Outcome<string, GitFailure>> {
  const folder = await mkdtemp(join(base.gitDir, WORK_PREFIX));
  try {
    const applied = await runGit([tree], {
      script: APPLY,
      env: gitEnvironment({ ...base, indexFile: join(folder, 'index') }),
      timeoutMs: APPLY_TIMEOUT_MS,
      input: patch,
    });
    return applied.ok ? success(applied.value.toString().trim()) : applied;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
