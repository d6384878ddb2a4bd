import { ForgeError } from '../../../ports/forge/forge-error.ts';
import type { Access } from '../access.ts';
import { GitHubError } from './github-error.ts';

/** What GraphQL's kinds of error would be in REST, so that callers need to know one language only. */
const STATUS_OF: Readonly<Record<string, number>> = { NOT_FOUND: 404, FORBIDDEN: 403, RATE_LIMITED: 403, UNPROCESSABLE: 422 };

/**
 * For what REST has no way to say. Errors come inside of an answer with status 200; they are thrown as a `ForgeError` like any other
 * refusal. A mutation is sent once; a query is repeated by the durable step around it.
 */
export async function graphql<T>(access: Access, document: string, variables: Readonly<Record<string, unknown>>): Promise<T> {
  const octokit = await access.octokit();
  try {
    return await octokit.graphql<T>(document, variables);
  } catch (error) {
    if (error instanceof ForgeError || !isResponseError(error)) throw error;
    const [first] = error.errors;
    const said = first?.message ?? 'no reason given';
    throw new GitHubError(`GitHub answered to a GraphQL request: ${said}`, STATUS_OF[first?.type ?? ''] ?? null, said, false);
  }
}

interface ResponseError extends Error {
  readonly errors: readonly { readonly type?: string; readonly message: string }[];
}

/** Told by its shape, because `instanceof` breaks when npm installs the class twice. */
const isResponseError = (error: unknown): error is ResponseError =>
  error instanceof Error && error.name === 'GraphqlResponseError' && 'errors' in error && Array.isArray(error.errors);
