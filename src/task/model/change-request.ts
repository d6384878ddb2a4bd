import type { Asked, ComponentRecord } from '../../domain/task/task.ts';

/** Characters. They are kept in the status comment until they are addressed. */
const MAX_NOTES = 4_000;

/** Two requests make one, with what came with both. */
export function mergeChangeRequests(former: Asked | null, { by, at, notes }: Asked): Asked {
  const all = [former?.notes ?? '', notes].filter(Boolean).join('\n\n');
  return { by, at, notes: all.length <= MAX_NOTES ? all : `${all.slice(0, MAX_NOTES).toWellFormed()} [...]` };
}

/** What is asked for still when an attempt has come to nothing: its own request, and what was added meanwhile. */
export function remainingChangeRequest({ job, asked }: Pick<ComponentRecord, 'job' | 'asked'>): Asked | null {
  if (job.kind !== 'revise') return asked;
  return asked === null ? { by: job.by, at: job.at, notes: job.notes } : mergeChangeRequests(job, asked);
}
