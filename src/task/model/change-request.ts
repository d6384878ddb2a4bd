import type { ComponentRecord } from '../../domain/task/component-record.ts';
import type { ChangeRequest } from '../../domain/task/task.ts';

/** Characters. They are kept in the status comment until they are addressed. */
const MAX_NOTES = 4_000;

/** Two requests make one, with what came with both. */
export function mergeChangeRequests(former: ChangeRequest | null, { by, at, notes }: ChangeRequest): ChangeRequest {
  const all = [former?.notes ?? '', notes].filter(Boolean).join('\n\n');
  return { by, at, notes: all.length <= MAX_NOTES ? all : `${all.slice(0, MAX_NOTES).toWellFormed()} [...]` };
}

/** What is still to be addressed when an attempt has failed: its own request, and what was added meanwhile. */
export function remainingChangeRequest({ job, review }: Pick<ComponentRecord, 'job' | 'review'>): ChangeRequest | null {
  const { requested } = review;
  if (job.kind !== 'revise') return requested;
  return requested === null ? { by: job.by, at: job.at, notes: job.notes } : mergeChangeRequests(job, requested);
}
