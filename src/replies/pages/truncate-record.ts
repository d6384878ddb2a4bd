import type { ComponentRecord } from '../../domain/task/component-record.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import { truncate } from '../../text/truncate.ts';

/**
 * The record with every text that a model wrote cut to `max` characters, and people's notes to twice as many. The replies that
 * announced them have them in full; the status comment, which keeps the record, has room for 65,536 characters in all.
 */
export function truncateRecord(record: TaskRecord, max: number): TaskRecord {
  const { planning, components } = record;
  return {
    ...record,
    planning: {
      ...planning,
      reason: planning.reason === null ? null : cut(planning.reason, max),
      questions: planning.questions.map(({ question, why }) => ({ question: cut(question, max), why: cut(why, max) })),
    },
    components: Object.fromEntries(Object.entries(components).map(([id, component]) => [id, truncateComponent(component, max)])),
  };
}

function truncateComponent(component: ComponentRecord, max: number): ComponentRecord {
  const { job, review, ci } = component;
  const withNotes = <T extends { readonly notes: string }>(request: T): T => ({ ...request, notes: cut(request.notes, 2 * max) });
  const shorter: ComponentRecord = {
    ...component,
    job: job.kind === 'revise' ? withNotes(job) : job,
    review: { ...review, requested: review.requested && withNotes(review.requested) },
    ci: { ...ci, outcomes: ci.outcomes.map((outcome) => cut(outcome, max)) },
  };
  switch (shorter.state) {
    case 'waiting':
      return { ...shorter, conflict: shorter.conflict && { ...shorter.conflict, reason: cut(shorter.conflict.reason, max) } };
    case 'open':
      return { ...shorter, note: shorter.note === null ? null : cut(shorter.note, max) };
    case 'failed':
    case 'held':
    case 'dropped':
      return { ...shorter, reason: cut(shorter.reason, max) };
    case 'blocked': {
      const { kind, plan_clause, evidence, proposal } = shorter.blocker;
      const blocker = { kind, plan_clause: cut(plan_clause, max), evidence: cut(evidence, max), proposal: cut(proposal, max) };
      return { ...shorter, blocker };
    }
    default:
      return shorter;
  }
}

const cut = (text: string, room: number): string => truncate(text, room, () => '[...]');
