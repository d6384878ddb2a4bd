import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChangeSet } from '../../domain/change/change-set.ts';
import { type Outcome, success } from '../../domain/outcome.ts';
import { type GitEnvironmentOptions, gitEnvironment } from './git-environment.ts';
import { type GitFailure, runGit } from './git-process.ts';
import { WORK_PREFIX } from './mirror.ts';

const WRITE_TIMEOUT_MS = 120_000;
const NO_OBJECT = '0'.repeat(40);

/**
 * The id of `tree` with the changes applied, computed by git itself through an index of its own. Blobs and trees are written
 * into the mirror without a ref; no file is ever created under a name that comes from the repository.
 */
export async function writeTree(
  tree: string,
  changes: ChangeSet,
  base: GitEnvironmentOptions,
): Promise<Outcome<string, GitFailure>> {
  if (changes.length === 0) return success(tree);
  const folder = await mkdtemp(join(base.gitDir, WORK_PREFIX));
  try {
    const env = gitEnvironment({ ...base, indexFile: join(folder, 'index') });
    const git = (args: readonly string[], input?: Buffer | string) =>
      runGit(args, { env, timeoutMs: WRITE_TIMEOUT_MS, silent: true, ...(input === undefined ? {} : { input }) });

    const blobs = await hashContents(changes, folder, git);
    if (!blobs.ok) return blobs;
    for (const step of [
      () => git(['read-tree', tree]),
      () => git(['update-index', '-z', '--index-info'], indexInfo(changes, blobs.value)),
    ]) {
      const done = await step();
      if (!done.ok) return done;
    }
    const written = await git(['write-tree']);
    return written.ok ? success(written.value.toString().trim()) : written;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Git = (args: readonly string[], input?: Buffer | string) => Promise<Outcome<Buffer, GitFailure>>;

/** One process hashes all contents, from numbered files, whose names cannot be misread. */
async function hashContents(changes: ChangeSet, folder: string, git: Git): Promise<Outcome<string[], GitFailure>> {
  const contents = changes.flatMap(({ content }) => (content === null ? [] : [content]));
  if (contents.length === 0) return success([]);
  const files = contents.map((_, i) => join(folder, String(i)));
  for (const [i, content] of contents.entries()) await writeFile(files[i] as string, content);
  const hashed = await git(['hash-object', '-w', '--no-filters', '--stdin-paths'], `${files.join('\n')}\n`);
  return hashed.ok ? success(hashed.value.toString().trim().split('\n')) : hashed;
}

/** Deletions first, so that a file may take the place of a directory, and the other way round. */
function indexInfo(changes: ChangeSet, blobs: readonly string[]): string {
  const kept = changes.filter(({ content }) => content !== null);
  return [
    ...changes.filter(({ content }) => content === null).map(({ path }) => `0 ${NO_OBJECT}\t${path}\0`),
    ...kept.map(({ path, mode }, i) => `${mode} ${blobs[i]}\t${path}\0`),
  ].join('');
}
