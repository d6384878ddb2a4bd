import type { TaskRef } from '../../domain/task/task.ts';
import { taskOfPullRequest } from '../../publishing/own-pull-request.ts';
import { putReply } from '../../publishing/replies.ts';
import { issueIsGone } from '../../replies/comments/lifecycle.ts';
import { stopTaskWork } from '../engine/running-work.ts';
import { step } from '../engine/steps.ts';
import type { WorkflowPorts } from '../shared/ports.ts';

/**
 * The issue is gone, and the status comment with it: its work stops, and its open pull requests say so, because there is no other
 * place for it.
 */
export async function handleRemovedIssue({ forge }: WorkflowPorts, task: TaskRef, to: string | null): Promise<void> {
  const repo = forge.repository(task.repository);
  await step('stop all work', () => stopTaskWork(task));
  const pulls = await step('its pull requests', async () => {
    const open = await repo.ownPulls();
    const all = await Promise.all(
      open.map(async (pull) => ({ number: pull.number, belonging: await taskOfPullRequest(repo, pull) })),
    );
    return all.filter(({ belonging }) => belonging?.issue === task.issue).map(({ number }) => number);
  });
  for (const number of pulls)
    await step('reply', () => putReply(repo, number, { key: `gone:${task.issue}`, text: issueIsGone(task.issue, to) }));
}
