import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChangeSet } from '../../domain/change/change-set.ts';
import { type Outcome, success } from '../../domain/outcome.ts';
import { type GitEnvironmentOptions, gitEnvironment } from './git-environment.ts';
import { type GitFailure, runGit } from './git-process.ts';
import { objectId } from './loose-objects.ts';
import { WORK_PREFIX } from './mirror.ts';

const WRITE_TIMEOUT_MS = 120_000;
const NO_OBJECT = '0'.repeat(40);

/**
 * Starting a process blocks one as large as ours for 8 ms, so one sh starts all four. Contents come from numbered files, whose
 * names cannot be misread; the index information comes from our stdin.
 */
const WRITE = [
  'git hash-object -w --no-filters --stdin-paths <"$1" >/dev/null',
  'git read-tree "$0"',
  'git update-index -z --index-info',
  'git write-tree',
].join(' && ');

/** The same as `writeTree`, computed by git itself through an index of its own. */
export async function writeTreeWithGit(
  tree: string,
  changes: ChangeSet,
  base: GitEnvironmentOptions,
): Promise<Outcome<string, GitFailure>> {
  const folder = await mkdtemp(join(base.gitDir, WORK_PREFIX));
  try {
    const contents = changes.flatMap(({ content }) => (content === null ? [] : [content]));
    const files = contents.map((_, i) => join(folder, String(i)));
    await Promise.all(contents.map((content, i) => writeFile(files[i] as string, content)));
    await writeFile(join(folder, 'files'), files.map((file) => `${file}\n`).join(''));
    const written = await runGit([tree, join(folder, 'files')], {
      script: WRITE,
      env: gitEnvironment({ ...base, indexFile: join(folder, 'index') }),
      timeoutMs: WRITE_TIMEOUT_MS,
      silent: true,
      input: indexInfo(changes, contents.map(blobId)),
    });
    return written.ok ? success(written.value.toString().trim()) : written;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const blobId = (content: Buffer): string => objectId('blob', content);

/** Deletions first, so that a file may take the place of a directory, and the other way round. */
function indexInfo(changes: ChangeSet, blobs: readonly string[]): string {
  const kept = changes.filter(({ content }) => content !== null);
  return [
    ...changes.filter(({ content }) => content === null).map(({ path }) => `0 ${NO_OBJECT}\t${path}\0`),
    ...kept.map(({ path, mode }, i) => `${mode} ${blobs[i]}\t${path}\0`),
  ].join('');
}
