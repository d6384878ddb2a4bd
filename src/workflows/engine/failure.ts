import { Error as EngineError } from '@dbos-inc/dbos-sdk';
import { ForgeError } from '../../ports/forge/forge-error.ts';
import { refusalSentence } from '../../replies/phrases/refusals.ts';
import { limitedUntil } from './github-limit.ts';

/** Cancelled, resumed by another run, or waiting for GitHub's limit to end: this run must not report how the work ended. */
export const isStop = (error: unknown): boolean =>
  error instanceof EngineError.DBOSWorkflowCancelledError ||
  error instanceof EngineError.DBOSWorkflowConflictError ||
  limitedUntil(error) !== null;

/** The reason that people read for an exception: GitHub's or git's own message, else only that the operator finds it in the log. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors.at(-1) : error;
  const sentence = cause instanceof ForgeError ? refusalSentence(cause.reason) : null;
  if (sentence !== null) return sentence;
  if (cause instanceof Error && (cause.name === 'ForgeError' || cause.name === 'SnapshotError'))
    return `${cause.message}.`.replace(/\.\.$/, '.');
  return 'an internal error, which the operator finds in the log.';
}
