import { type Outcome, success } from '../../domain/outcome.ts';
import { type GitFailure, runGit } from './git-process.ts';
import type { MergeSides } from './tree-differences.ts';

const MERGE_TIMEOUT_MS = 120_000;

/** `tree` holds conflict markers in the files named in `conflicts`. */
export interface MergedTree {
  readonly tree: string;
  readonly conflicts: readonly string[];
}

/** The names after the markers in a conflicted file. */
export interface SideNames {
  readonly ours: string;
  readonly theirs: string;
}

/**
 * Starting a process blocks one as large as ours for milliseconds, so one sh starts all four. Exit code 1 is kept for a merge with
 * conflicts.
 */
const MERGE = [
  'base=$(git commit-tree "$0" -m merge) || exit 128',
  'ours=$(git commit-tree "$1" -p "$base" -m merge) || exit 128',
  'theirs=$(git commit-tree "$2" -p "$base" -m merge) || exit 128',
  'exec git merge-tree --write-tree -z --name-only --no-messages "$ours" "$theirs"',
].join('\n');

/** The same tree made twice is the same commit. */
const FIXED_IDENTITY = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap((role) => [
    [`GIT_${role}_NAME`, 'Planwright'],
    [`GIT_${role}_EMAIL`, 'planwright@localhost'],
    [`GIT_${role}_DATE`, '@0 +0000'],
  ]),
);

/**
 * Three-way merge without a work tree (4-6 ms). git before 2.40 has no `--merge-base`, and our commits have no history here:
 * merging two synthetic commits whose parent holds the base gives the same result.
 */
export async function mergeTrees(sides: MergeSides, env: Record<string, string>): Promise<Outcome<MergedTree, GitFailure>> {
  const merged = await runGit([sides.base, sides.ours, sides.theirs], {
    script: MERGE,
    env: { ...env, ...FIXED_IDENTITY },
    timeoutMs: MERGE_TIMEOUT_MS,
    accepted: [0, 1],
  });
  if (!merged.ok) return merged;
  const [tree = '', ...conflicts] = merged.value.toString('utf8').split('\0').filter(Boolean);
  return success({ tree, conflicts: [...new Set(conflicts)] });
}

/** Lines around a change: more than git's three, because whoever reads such a diff may see nothing else of the file. */
const CONTEXT_LINES = 8;

/** The diff of two trees as text. Nothing that the repository or a system configures (drivers, filters, colours) is applied. */
export async function patchOf(from: string, to: string, env: Record<string, string>): Promise<Outcome<string, GitFailure>> {
  const form = ['--patch', '--text', '--no-ext-diff', '--no-textconv', '--no-color', '--no-renames', '--irreversible-delete'];
  const prefixes = ['--src-prefix=a/', '--dst-prefix=b/'];
  const printed = await runGit(
    ['-c', 'core.quotePath=false', 'diff-tree', '-r', `-U${CONTEXT_LINES}`, ...form, ...prefixes, from, to],
    {
      env,
      timeoutMs: MERGE_TIMEOUT_MS,
    },
  );
  return printed.ok ? success(printed.value.toString('utf8')) : printed;
}

/**
 * Replaces the ids of our two synthetic commits, which would mean nothing to a reader. Works on bytes, because the file need not be
 * UTF-8.
 */
export const withSideNames = (content: Buffer, { ours, theirs }: SideNames): Buffer =>
  Buffer.from(
    content
      .toString('latin1')
      .replace(/^(<{7}) [0-9a-f]{40}/gm, (_, marks: string) => `${marks} ${ours}`)
      .replace(/^(>{7}) [0-9a-f]{40}/gm, (_, marks: string) => `${marks} ${theirs}`),
    'latin1',
  );
