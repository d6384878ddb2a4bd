import { STATUS_CODES } from 'node:http';
import { ForgeError, type RefusalReason } from '../../../ports/forge/forge-error.ts';
import { redactSecrets } from '../../../text/redaction/redact-secrets.ts';
import { clip, singleLine } from '../../../text/truncate.ts';
import { refusalReason } from './refusal-reason.ts';

/** A refusal as Octokit throws it: recognised by shape, because `instanceof` breaks when npm installs the class twice. */
export interface RequestError extends Error {
  readonly status: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    /** Octokit has already redacted the token. */
    readonly headers: { readonly authorization?: string };
  };
  readonly response?: { readonly headers: Readonly<Record<string, string | number | undefined>>; readonly data: unknown };
}

interface GitHubRefusal {
  readonly status: number | null;
  readonly said: string;
  readonly reason: RefusalReason;
  readonly retryAt: number | null;
}

/** A ForgeError that still knows GitHub's own words, for the few refusals people can fix. Never leaves the adapter as such. */
export class GitHubError extends ForgeError {
  /** What GitHub said, one line, without method and path. */
  readonly said: string;
  constructor(message: string, { status, said, reason, retryAt }: GitHubRefusal) {
    super(message, status, retryAt, reason);
    this.said = said;
  }
}

export const isRequestError = (error: unknown): error is RequestError =>
  error instanceof Error && 'status' in error && typeof error.status === 'number' && 'request' in error;

/**
 * One sentence with method, path, status and GitHub's message. The query string stays out (it may carry search terms),
 * and so do headers and bodies: they hold tokens and people's text.
 */
export function asGitHubError(error: RequestError, limit: Partial<Pick<ForgeError, 'reason' | 'retryAt'>> = {}): GitHubError {
  const { method, url } = error.request;
  const path = decodeURIComponent(new URL(url).pathname);
  const retryAt = limit.retryAt ?? null;
  // Octokit reports a connection that failed as status 500 without a response.
  if (!error.response) {
    const said = oneLine(error.message);
    return new GitHubError(`No answer to ${method} ${path}: ${said}`, { status: null, said, reason: 'unavailable', retryAt });
  }
  const { status } = error;
  const words = wordsOf(bodyOf(error.response.data));
  const said = oneLine(words || STATUS_CODES[status] || 'no reason given');
  const reason = limit.reason ?? refusalReason({ status, method, path, said: words });
  return new GitHubError(`GitHub answered ${status} to ${method} ${path}: ${said}`, { status, said, reason, retryAt });
}

/** The value, or null when GitHub answers one of the statuses that mean absence. */
export async function orNull<T>(request: Promise<T>, statuses: readonly number[] = [404]): Promise<T | null> {
  try {
    return await request;
  } catch (error) {
    if (hasStatus(error, ...statuses)) return null;
    throw error;
  }
}

export const hasStatus = (error: unknown, ...statuses: readonly number[]): error is GitHubError =>
  error instanceof GitHubError && error.status !== null && statuses.includes(error.status);

/** GitHub may or may not have done what was requested: only reading again can tell. */
export const isUncertain = (error: unknown): error is GitHubError =>
  error instanceof GitHubError && (error.status === null || error.status >= 500);

interface ErrorBody {
  readonly message: string;
  readonly errors: readonly unknown[];
}

/** A gateway may answer with a page of HTML, which does not fit into a sentence: only JSON bodies are quoted. */
function bodyOf(data: unknown): ErrorBody {
  if (typeof data !== 'object' || data === null) return { message: '', errors: [] };
  const { message, errors } = data as { message?: unknown; errors?: unknown };
  return { message: typeof message === 'string' ? message : '', errors: Array.isArray(errors) ? errors : [] };
}

function wordsOf({ message, errors }: ErrorBody): string {
  const details = errors.map(describe).filter((text) => text !== '');
  return details.length > 0 ? `${message}: ${details.join('; ')}` : message;
}

function describe(entry: unknown): string {
  if (typeof entry === 'string') return entry;
  if (typeof entry !== 'object' || entry === null) return '';
  const { message, field, code } = entry as { message?: unknown; field?: unknown; code?: unknown };
  return typeof message === 'string' ? message : [field, code].filter((part) => typeof part === 'string').join(' ');
}

// The text is redacted before it is cut, because half a secret is not recognised: a proxy may echo the request with its token.
const oneLine = (text: string): string => clip(singleLine(redactSecrets(text)), 299, '…');
