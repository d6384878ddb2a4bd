import type { ComponentRecord } from '../../domain/task/component-record.ts';
import type { Signal } from '../../domain/task/signal.ts';
import type { ChangeRequest, TaskState } from '../../domain/task/task.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import { reviseLater, reviseWhere, type WaitsFor } from '../../replies/comments/component-news.ts';
import type { Authorised } from '../model/authorise.ts';
import { mergeChangeRequests, remainingChangeRequest } from '../model/change-request.ts';
import type { CommandEffect } from '../model/command-effect.ts';
import type { Addressed, DecisionContext } from '../model/deciding.ts';

type Request = Authorised<Extract<Signal, { kind: 'command' | 'changes_requested' }>>;

/**
 * Changes requested on a component's pull request. The request is kept, and work on it begins as soon as no other work uses its
 * branch.
 */
export function revise(
  record: TaskRecord,
  { view, stateBefore }: Pick<DecisionContext, 'view' | 'stateBefore'>,
  { by, at, on }: Request,
  notes: string,
): CommandEffect {
  const open = Object.entries(record.components).filter(
    ([id, c]) => c.pull !== null && view.components[id]?.pull?.state === 'open',
  );
  const [id, c] = open.find(([, candidate]) => candidate.pull === on) ?? [];
  if (id === undefined || c === undefined)
    return { record, refusal: reviseWhere(open.map(([name, o]) => [name, o.pull as number])) };
  const requested = mergeChangeRequests(earlierChangeRequest(c), { by, at, notes });
  const first = waitsFor(c, record, stateBefore);
  return {
    record: { ...record, components: { ...record.components, [id]: { ...c, review: { ...c.review, requested } } } },
    ...(first === null ? {} : { answer: reviseLater(id, first) }),
  };
}

/**
 * A review of a component's pull request does the same. It is silently ignored from a person without write access, and on any other
 * pull request: people review each other's work all day, and do not address the bot by it.
 */
export function changesRequested(
  record: TaskRecord | null,
  situation: Omit<DecisionContext, 'effect'>,
  review: Authorised<Extract<Signal, { kind: 'changes_requested' }>> | null,
): Addressed {
  if (!record || !review) return { record, addressed: false };
  const effect = revise(record, situation, review, '');
  return effect.refusal === undefined ? { ...effect, addressed: true } : { record, addressed: false };
}

/** A request that is waiting, or one that an attempt has failed at: a new request includes it. */
const earlierChangeRequest = (c: ComponentRecord): ChangeRequest | null =>
  c.review.requested ?? (c.state === 'open' && c.note !== null ? remainingChangeRequest(c) : null);

/** What the request has to wait for; null when only for a free place in the queue. */
function waitsFor(c: ComponentRecord, { cancelled, planning }: TaskRecord, state: TaskState | 'none'): WaitsFor | null {
  if (cancelled) return 'resume';
  if (c.state === 'running') return 'work';
  if (c.state !== 'open') return 'restart';
  // A blocker's revision keeps the approval of what it does not change.
  const open = state === 'planning' || state === 'questions' || state === 'review' || state === 'failed';
  return open && planning.cause !== 'blocker' ? 'approval' : null;
}
