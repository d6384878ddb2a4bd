// A merge queue: each pull request is tried on a commit and a branch of the queue's own, and merged when the required checks are there.
import { botCalled } from './accounts.ts';
import { branchesMoved } from './branches.ts';
import { writeCommit } from './git-objects.ts';
import { landed, personal, webFlow } from './merging.ts';
import { mergeTrees, pullNumbered, refreshPull } from './pull-state.ts';
import type { RepositoryRow } from './rows.ts';
import type { Condition } from './waiting.ts';
import { ownerOf, read, type World } from './world.ts';

/** Waits until something has happened, as the tests do. */
type Until = <T>(what: string, condition: Condition<T>) => Promise<T>;

interface Queued {
  readonly number: number;
  /** Names of the check runs without which nothing is merged. */
  readonly required: readonly string[];
}

/** Puts a pull request into the queue of its base branch, and resolves when it has left it, merged or not. */
export async function mergeByQueue(
  world: World,
  repo: RepositoryRow,
  { number, required }: Queued,
  until: Until,
): Promise<'merged' | 'removed'> {
  const found = pullNumbered(world, repo, number);
  const pull = found && (await refreshPull(world, repo, found));
  if (pull?.state !== 'open' || pull.draft || !pull.mergeable) throw new Error(`#${number} cannot be queued`);
  const queue = botCalled(world, 'github-merge-queue');
  const dir = world.git.dirOf(repo);
  const { tree } = await mergeTrees(dir, pull.base_sha, pull.head_sha);
  if (!tree) throw new Error(`#${number} conflicts with its base`);
  const message = `Merge pull request #${number} from ${ownerOf(repo)}/${pull.head_ref}\n\n${pull.title}`;
  const parents = [pull.base_sha, pull.head_sha];
  const sha = writeCommit(dir, { tree, parents, author: personal(queue), committer: webFlow(), message });
  const ref = `refs/heads/gh-readonly-queue/${pull.base_ref}/pr-${number}-${pull.base_sha}`;
  const made = await world.git.move(repo, { ref, before: null, after: sha });
  if (!made) throw new Error(`#${number} is in the queue already`);
  await branchesMoved(world, repo, [made], queue);
  const conclusions = await until(`the checks of #${number} in the merge queue`, async () => {
    const { check_runs } = await read(world, repo, `/commits/${sha}/check-runs`);
    const runs = check_runs as readonly { readonly name: string; readonly status: string; readonly conclusion: string | null }[];
    const finished = required.map((name) => runs.find((run) => run.name === name && run.status === 'completed')?.conclusion);
    return finished.every((conclusion) => conclusion != null) && finished;
  });
  const isGood = conclusions.every((conclusion) => conclusion === 'success' || conclusion === 'neutral');
  if (isGood) await landed(world, repo, pull, { sha, actor: queue });
  const gone = await world.git.move(repo, { ref, before: sha, after: null });
  if (gone) await branchesMoved(world, repo, [gone], queue);
  return isGood ? 'merged' : 'removed';
}
