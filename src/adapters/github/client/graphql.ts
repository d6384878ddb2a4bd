import type { RefusalReason } from '../../../ports/forge/forge-error.ts';
import { redactSecrets } from '../../../text/redaction/redact-secrets.ts';
import type { Access } from '../access.ts';
import { GitHubError } from './github-error.ts';
import { refusalReason } from './refusal-reason.ts';

/** The REST statuses that GraphQL's kinds of error correspond to, so that callers handle one kind only. */
const STATUS_OF: Readonly<Record<string, number>> = { NOT_FOUND: 404, FORBIDDEN: 403, RATE_LIMITED: 403, UNPROCESSABLE: 422 };

/**
 * For requests that REST does not offer. Errors arrive inside an answer with status 200; they are thrown as a `ForgeError` like any
 * other refusal. A mutation is sent once; a query is repeated by the durable step around it.
 */
export async function graphql<T>(access: Access, document: string, variables: Readonly<Record<string, unknown>>): Promise<T> {
  const octokit = await access.octokit();
  try {
    return await octokit.graphql<T>(document, variables);
  } catch (error) {
    if (!isResponseError(error)) throw error;
    throw refusalIn(error, access);
  }
}

function refusalIn(error: ResponseError, { clock }: Access): GitHubError {
  const [first] = error.errors;
  const said = redactSecrets(first?.message ?? 'no reason given');
  const status = STATUS_OF[first?.type ?? ''] ?? null;
  const limited = first?.type === 'RATE_LIMITED';
  return new GitHubError(`GitHub answered to a GraphQL request: ${said}`, {
    status,
    said,
    reason: limited ? 'primary_limit' : reasonOf(status, said),
    retryAt: limited ? resetAt(error, clock.now()) : null,
  });
}

/** The same where some of what is asked for may not be there: that is null then, and no refusal of the rest. */
export async function graphqlOfWhatIsThere<T>(
  access: Access,
  document: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<T> {
  const octokit = await access.octokit();
  try {
    return await octokit.graphql<T>(document, variables);
  } catch (error) {
    if (!isResponseError(error)) throw error;
    const isAllMissing = error.errors.every(({ type }) => type === 'NOT_FOUND');
    if (isAllMissing && error.data) return error.data as T;
    throw refusalIn(error, access);
  }
}

/** GitHub's internal errors have no type and are known by these words. */
function reasonOf(status: number | null, said: string): RefusalReason {
  if (status === null) return /something went wrong|timed? ?out/i.test(said) ? 'unavailable' : 'other';
  return refusalReason({ status, method: 'POST', path: '/graphql', said });
}

/** GraphQL's quota has a reset of its own; without the header, a minute is the least GitHub asks for. */
function resetAt({ headers }: ResponseError, now: number): number {
  const reset = Number(headers?.['x-ratelimit-reset']) * 1000;
  return Math.max(Number.isFinite(reset) ? reset : 0, now + 60_000);
}

interface ResponseError extends Error {
  readonly errors: readonly { readonly type?: string; readonly message: string }[];
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
}

/** Recognised by its shape, because `instanceof` breaks when npm installs the class twice. */
const isResponseError = (error: unknown): error is ResponseError =>
  error instanceof Error && error.name === 'GraphqlResponseError' && 'errors' in error && Array.isArray(error.errors);
