import type { TaskRecord } from '../../domain/task/task.ts';
import { truncate } from '../../text/truncate.ts';

/**
 * The record with every text that a model wrote cut to `max` characters, and people's notes to twice as many. The replies that announced
 * them have them in full; the status comment, which keeps the record, has room for 65,536 characters in all.
 */
export function truncateRecord(record: TaskRecord, max: number): TaskRecord {
  const cut = (text: string, room = max): string => truncate(text, room, () => '[...]');
  const withNotes = <T extends { readonly notes: string }>(asked: T): T => ({ ...asked, notes: cut(asked.notes, 2 * max) });
  const { planning, components } = record;
  return {
    ...record,
    planning: {
      ...planning,
      reason: planning.reason === null ? null : cut(planning.reason),
      questions: planning.questions.map(({ question, why }) => ({ question: cut(question), why: cut(why) })),
    },
    components: Object.fromEntries(
      Object.entries(components).map(([id, { reason, blocker, asked, job, tried, ...rest }]) => [
        id,
        {
          ...rest,
          job: job.kind === 'revise' ? withNotes(job) : job,
          asked: asked && withNotes(asked),
          reason: reason === null ? null : cut(reason),
          tried: tried.map((outcome) => cut(outcome)),
          blocker: blocker && {
            kind: blocker.kind,
            plan_clause: cut(blocker.plan_clause),
            evidence: cut(blocker.evidence),
            proposal: cut(blocker.proposal),
          },
        },
      ]),
    ),
  };
}
