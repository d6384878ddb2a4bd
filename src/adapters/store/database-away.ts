import { types } from 'node:util';

/** SQLSTATE classes: connection exceptions, a server without resources, one that shuts down or starts, and its disk. */
const AWAY = /^(?:08|53|57P|58)/;
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT', 'EHOSTUNREACH']);
/** What `pg` says without a code. */
const SAID =
  /connection terminated|timeout exceeded when trying to connect|connection error and is not queryable|connection timeout/i;

/** Whether a statement failed because the database was away, so that the same statement may succeed later. */
export function isDatabaseAway(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  const { code, errors } = error as { readonly code?: unknown; readonly errors?: unknown };
  if (typeof code === 'string' && (AWAY.test(code) || NETWORK.has(code))) return true;
  if (Array.isArray(errors) && errors.some(isDatabaseAway)) return true;
  return SAID.test(error.message) || isDatabaseAway(error.cause);
}
