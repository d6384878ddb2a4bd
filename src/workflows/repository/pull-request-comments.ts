import { fullName, type RepositoryRef } from '../../domain/repository.ts';
import { namesUs } from '../../domain/task/command.ts';
import type { Signal } from '../../domain/task/signal.ts';
import { taskOfPullRequest } from '../../publishing/own-pull-request.ts';
import { step } from '../engine/steps.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import type { TaskSignals } from '../shared/task-signals.ts';

/** A command on an App's pull request whose description does not say (any more) which task it belongs to. */
export interface PullRequestComment {
  readonly repository: RepositoryRef;
  readonly number: number;
  readonly signal: Extract<Signal, { kind: 'command' }>;
}

/** Passed on to the task that the pull request's branch names, where the pull request is ours; elsewhere only what names us is answered. */
export async function handlePullRequestComment(
  { forge }: WorkflowPorts,
  workflows: TaskSignals,
  { repository, number, signal }: PullRequestComment,
): Promise<void> {
  const belonging = await step('whose pull request', () => taskOfPullRequest(forge.repository(repository), { number, body: '' }));
  if (belonging === null && !namesUs(signal.command)) return;
  const id = `comment:${fullName(repository)}:${signal.comment.kind}:${signal.comment.id}`;
  await workflows.signal({ repository, issue: belonging?.issue ?? number }, signal, id);
}
