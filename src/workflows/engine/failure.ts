import { Error as EngineError } from '@dbos-inc/dbos-sdk';
import { ForgeError } from '../../ports/forge/forge-error.ts';
import { refusalSentence } from '../../replies/phrases/refusals.ts';

/** Stopped, or gone on with elsewhere after a stop: this run has no say any more in how the work ends. */
export const isStop = (error: unknown): boolean =>
  error instanceof EngineError.DBOSWorkflowCancelledError || error instanceof EngineError.DBOSWorkflowConflictError;

/** What people are told of an exception: what GitHub or git said, else only that the operator can look it up. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors.at(-1) : error;
  const sentence = cause instanceof ForgeError ? refusalSentence(cause.reason) : null;
  if (sentence !== null) return sentence;
  if (cause instanceof Error && (cause.name === 'ForgeError' || cause.name === 'SnapshotError'))
    return `${cause.message}.`.replace(/\.\.$/, '.');
  return 'an internal error, which the operator finds in the log.';
}
