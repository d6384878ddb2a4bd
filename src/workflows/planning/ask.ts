import { type TaskRef, taskKey } from '../../domain/task/task.ts';
import type { AskResult, AskWork, ReviewResult, ReviewWork } from '../../domain/task/work.ts';
import { answerInText, askOpening, reviewOpening } from '../../planner/answer-in-text.ts';
import { ASK_SYSTEM, FINAL_REVIEW } from '../../planner/prompt.ts';
import { putReply } from '../../publishing/replies.ts';
import { asked, askFailed } from '../../replies/comments/answers.ts';
import { baseIsMissing } from '../../replies/phrases/refusals.ts';
import { baseBranch } from '../../task/model/base-branch.ts';
import { isStop, reasonOf } from '../engine/failure.ts';
import { optionalStep, step } from '../engine/steps.ts';
import { openSnapshot } from '../shared/open-snapshot.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import { recordConversation } from '../shared/record-conversation.ts';

const UNUSABLE = '`.github/planwright.yml` cannot be used; the status comment says which lines.';

/** Answers a question about the plan where it was asked. */
export async function answerQuestion(ports: WorkflowPorts, work: AskWork): Promise<AskResult> {
  const repo = ports.forge.repository(work.task.repository);
  // The person who asked waits for an answer, so an exception becomes one.
  const result = await ask(ports, work).catch((error: unknown) => {
    if (isStop(error)) throw error;
    ports.log.error({ err: error, task: taskKey(work.task) }, 'A planner question or review failed');
    return { kind: 'failed' as const, reason: reasonOf(error), spend: [] };
  });
  const text = result.kind === 'answered' ? asked(work.by, result.text) : askFailed(result.reason);
  await step('answer', () => putReply(repo, work.on, { key: `ask:${work.comment.id}`, text }));
  await optionalStep('react', () => repo.react(work.comment, result.kind === 'answered' ? 'rocket' : 'confused'), 'by a person');
  return result.kind === 'answered' ? { kind: 'answered', spend: result.spend } : result;
}

async function ask(ports: WorkflowPorts, work: AskWork) {
  const { task, by, question } = work;
  const ready = await step('gather', () => prepare(ports, work));
  if ('unusable' in ready) return { kind: 'failed' as const, reason: ready.unusable, spend: [] };
  const end = await converseAbout(ports, task, ready, { system: ASK_SYSTEM.text, opening: askOpening(ready.plan, by, question) });
  return end.kind === 'final'
    ? { kind: 'answered' as const, text: end.final, spend: end.spend }
    : { kind: 'failed' as const, reason: end.reason, spend: end.spend };
}

/** Compares what was merged with the approved plan's acceptance criteria. */
export async function reviewWhole(ports: WorkflowPorts, work: ReviewWork): Promise<ReviewResult> {
  const { task, pulls } = work;
  const ready = await step('gather', () => prepare(ports, work));
  if ('unusable' in ready) return { kind: 'failed', reason: ready.unusable, spend: [] };
  if (ready.plan === null) return { kind: 'failed', reason: 'the approved plan can no longer be found.', spend: [] };
  const end = await converseAbout(ports, task, ready, { system: FINAL_REVIEW.text, opening: reviewOpening(ready.plan, pulls) });
  return end.kind === 'final'
    ? { kind: 'reviewed', text: end.final, spend: end.spend }
    : { kind: 'failed', reason: end.reason, spend: end.spend };
}

async function prepare(ports: WorkflowPorts, work: AskWork | ReviewWork) {
  const { task, plan } = work;
  const repo = ports.forge.repository(task.repository);
  const settings = await ports.settings.load(repo);
  if (!settings.ok) return { unusable: UNUSABLE };
  const file = plan === null ? null : await repo.file(plan.path, plan.commit);
  const { base: name } = work.branches;
  const base = await baseBranch(repo, name);
  return base === null
    ? { unusable: baseIsMissing(name ?? '') }
    : { planner: settings.value.models.planner, base: base.sha, plan: file?.text ?? null };
}

async function converseAbout(
  ports: WorkflowPorts,
  task: TaskRef,
  { planner, base }: Exclude<Awaited<ReturnType<typeof prepare>>, { unusable: string }>,
  { system, opening }: { readonly system: string; readonly opening: readonly string[] },
) {
  const snapshot = await openSnapshot(ports, task.repository, base);
  const loop = recordConversation(ports, task);
  return answerInText(
    {
      models: [planner.model, ...planner.fallback],
      effort: planner.effort,
      system,
      opening,
      cacheKey: `ask:${taskKey(task)}`,
      snapshot,
    },
    loop,
  );
}
