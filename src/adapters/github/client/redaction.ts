import type { Octokit } from '@octokit/core';
import { ForgeError } from '../../../ports/forge/forge-error.ts';
import { createExactRedactor, createPublicRedactor, redactDeep } from '../../../text/redaction/redactor.ts';

/** Contents of files: a mask in one would be published as an unplanned change. */
const FILES = /\/git\/(?:trees|blobs)$/;
/**
 * Names of what git holds, and what a GraphQL document asks for by name. They are no text: with a mask in it a name is refused, or is
 * another one, so a branch that is called like a key could never be published or observed. Only the operator's own secrets are masked in them.
 */
const NAMES = new Set(['ref', 'head', 'base', 'sha', 'head_sha', 'path', 'variables']);
/** Parameters of a request that are not written to GitHub as text, and the names of objects. */
const NOT_SAID = new Set(['method', 'url', 'baseUrl', 'headers', 'mediaType', 'request', 'owner', 'repo', 'query']);

interface RequestOptions {
  readonly method: string;
  readonly url: string;
  [name: string]: unknown;
}

/**
 * An Octokit plugin through which everything passes that is written to GitHub (comments, bodies, titles, checks, commit messages),
 * so that no caller can forget to redact. A file that holds one of the operator's secrets is not written at all.
 */
export function redaction(secrets: readonly string[]) {
  const redact = createPublicRedactor(secrets);
  const exact = createExactRedactor(secrets);
  return (octokit: Octokit) => {
    octokit.hook.before('request', (options) => clean(options as unknown as RequestOptions));
    return {};
  };

  function clean(options: RequestOptions): void {
    if (options.method === 'GET' || options.method === 'HEAD') return;
    const isFile = FILES.test(options.url);
    for (const [name, value] of Object.entries(options)) {
      if (NOT_SAID.has(name)) continue;
      if (isFile) refuseSecrets(value);
      else options[name] = redactDeep(value, NAMES.has(name) ? exact : redact);
    }
  }

  /** A search does not find a secret inside Base64, unless the encoding happens to begin where the secret does. */
  function refuseSecrets(value: unknown): void {
    const said = JSON.stringify(value) ?? '';
    const decoded = typeof value === 'string' ? Buffer.from(value, 'base64').toString('latin1') : '';
    if (exact(said) === said && exact(decoded) === decoded) return;
    throw new ForgeError("a file would hold one of the operator's secrets and was not written", 422);
  }
}
