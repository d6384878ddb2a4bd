import type { RepositoryRef } from '../../domain/repository.ts';
import { isAboutOthers } from '../../domain/task/checks.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { ForgeError } from '../../ports/forge/forge-error.ts';
import { notOurPullRequest, PLAN_CHECK, queuedCheck, queuedUnchecked, SCOPE_CHECK } from '../../replies/checks/own-checks.ts';
import { step } from '../engine/steps.ts';
import type { WorkflowPorts } from '../shared/ports.ts';

/** A commit that a merge queue has made, to see whether a pull request can be merged. */
export interface QueuedCommit {
  readonly repository: RepositoryRef;
  readonly head: string;
  /** The pull request whose turn it is. */
  readonly number: number;
}

/**
 * Where our checks are required, a merge queue waits for them on commits of its own. The pull request was checked before it could be queued,
 * and the queue changes nothing about what it changes: so its checks hold for the queue's commit.
 */
export async function checkQueuedCommit({ forge, settings }: WorkflowPorts, queued: QueuedCommit): Promise<void> {
  const repo = forge.repository(queued.repository);
  await step('queued', async () => {
    const loaded = await settings.recent(repo);
    // As for other pull requests: broken settings must not keep those that fix them from being merged.
    const known = loaded.ok ? loaded.value : await settings.lastGood(repo);
    await reportOnQueuedCommit(repo, queued, known?.checks.all_pull_requests ?? true);
  });
}

async function reportOnQueuedCommit(
  repo: RepositoryForge,
  { head, number }: QueuedCommit,
  isRequiredOfAll: boolean,
): Promise<void> {
  const pull = await repo.pullRequest(number);
  if (pull === null) throw new ForgeError(`GitHub does not show #${number}, which is queued`, 404, null, 'not_visible_yet');
  const reported = new Set((await repo.ownChecks(head)).map(({ name }) => name));
  const ofPull = await repo.ownChecks(pull.headSha);
  for (const name of [PLAN_CHECK, SCOPE_CHECK]) {
    // The queue may take the pull request's own head, where what we have found out stays.
    if (reported.has(name)) continue;
    // A component's head may carry what was said of it as somebody else's pull request.
    const isOfPull = ({ externalId }: (typeof ofPull)[number]): boolean => !pull.mine || !isAboutOthers(externalId);
    const check = ofPull.find((run) => run.name === name && run.status === 'completed' && isOfPull(run));
    if (check) await repo.reportCheck(head, queuedCheck(check, number, pull.headSha));
    else if (pull.mine) await repo.reportCheck(head, queuedUnchecked(name, number, pull.headSha));
    else if (isRequiredOfAll) await repo.reportCheck(head, notOurPullRequest(name));
  }
}
