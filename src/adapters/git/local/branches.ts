import { failure, type Outcome, success } from '../../../domain/outcome.ts';
import type { LocalBranches, NewCommit } from '../../../ports/local-branches.ts';
import { gitEnvironment } from '../git-environment.ts';
import { snapshotError } from '../git-error.ts';
import { type GitFailure, runGit } from '../git-process.ts';

const TIMEOUT_MS = 120_000;
const NO_OBJECT = '0'.repeat(40);

export interface LocalBranchesOptions {
  /** The repository of our own in which the trees were written. */
  readonly scratch: string;
  /** The person's. */
  readonly gitDir: string;
  /** Every commit that is made descends from this one of the person's: what it reaches is there already. */
  readonly base: string;
  /** Author and committer. */
  readonly identity: { readonly name: string; readonly email: string };
}

/**
 * Commits are made in a repository of our own; when the branch is created, the new objects are copied into the person's. There only
 * objects and the branch are written: no hook runs, and nothing that is checked out changes.
 */
export function localBranches({ scratch, gitDir, base, identity }: LocalBranchesOptions): LocalBranches {
  const who = Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((role) => [
      [`GIT_${role}_NAME`, identity.name],
      [`GIT_${role}_EMAIL`, identity.email],
    ]),
  );
  const git = (dir: string, args: readonly string[], input: Buffer | string = ''): Promise<Outcome<Buffer, GitFailure>> =>
    runGit(args, { env: { ...gitEnvironment({ gitDir: dir, allowHttp: false }), ...who }, input, timeoutMs: TIMEOUT_MS });

  async function must(what: string, run: Promise<Outcome<Buffer, GitFailure>>): Promise<Buffer> {
    const done = await run;
    if (!done.ok) throw snapshotError(`git could not ${what}`, done.reason, []);
    return done.value;
  }

  async function headOf(branch: string): Promise<string | null> {
    const found = await git(gitDir, ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`]);
    return found.ok ? found.value.toString().trim() : null;
  }

  return {
    async commit({ tree, parents, message }: NewCommit) {
      const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
      return (await must('commit', git(scratch, args, message))).toString().trim();
    },
    async create(branch, commit) {
      // `--local` leaves out the objects that are borrowed from the person's repository, which has them already.
      const pack = await must(
        'pack a commit',
        git(scratch, ['pack-objects', '--quiet', '--revs', '--local', '--stdout'], `${commit}\n^${base}\n`),
      );
      await must('copy a commit into the repository', git(gitDir, ['unpack-objects', '-q'], pack));
      const made = await git(gitDir, ['update-ref', '-m', 'planwright try', `refs/heads/${branch}`, commit, NO_OBJECT]);
      if (made.ok || (await headOf(branch)) === commit) return success(null);
      const there = await headOf(branch);
      return failure(
        there === null
          ? `git could not make the branch ${branch}: ${made.reason.stderr.trim().split('\n').at(-1)}`
          : `there is a branch ${branch} already, at ${there.slice(0, 7)}, and branches are never moved.`,
      );
    },
  };
}
