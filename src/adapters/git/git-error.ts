import { SnapshotError } from '../../ports/snapshot.ts';
import { redactSecrets } from '../../text/redaction/redact-secrets.ts';
import type { GitFailure } from './git-process.ts';

/**
 * git's failure in one sentence for people. git never prints the header it sends, so the token should not be in there; it is
 * removed all the same, because a log outlives the token's hour and a proxy's error page may echo the request.
 */
export function snapshotError(what: string, cause: GitFailure, hidden: readonly string[]): SnapshotError {
  const reason = cause.timedOut ? 'it took too long' : lastLine(cause.stderr) || `git ended with ${cause.code ?? 'a signal'}`;
  return new SnapshotError(`${what}: ${redactSecrets(redact(reason, hidden)).slice(0, 500)}`);
}

function redact(text: string, hidden: readonly string[]): string {
  const withoutUserInfo = text.replace(/\/\/[^/@\s]*@/g, '//');
  return hidden
    .filter((secret) => secret !== '')
    .reduce((rest, secret) => rest.replaceAll(secret, () => '[hidden]'), withoutUserInfo);
}

/** The last `fatal:` or `error:` line, which names the cause; the lines around it are progress and hints. */
function lastLine(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.findLast((line) => /^(?:fatal|error): /.test(line)) ?? lines.at(-1) ?? '';
  return telling.replace(/^(?:fatal|error): /, '').slice(0, 5_000);
}
