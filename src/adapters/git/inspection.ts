import { failure, type Outcome, success } from '../../domain/outcome.ts';
import { type GitCredential, gitEnvironment } from './git-environment.ts';
import { runGit } from './git-process.ts';

const TIMEOUT_MS = 30_000;

/** The version of git; null when git is not installed. */
export async function gitVersion(): Promise<string | null> {
  const answer = await runGit(['--version'], { env: gitEnvironment({ gitDir: '/', allowHttp: false }), timeoutMs: TIMEOUT_MS });
  return answer.ok ? (/\d+(\.\d+)+/.exec(answer.value.toString())?.[0] ?? null) : null;
}

/** Lists the branches of a repository as a fetch would, and downloads nothing. The reason of a failure is git's last line. */
export async function listRemote(credential: GitCredential, allowHttp: boolean): Promise<Outcome<string>> {
  const answer = await runGit(['ls-remote', '--quiet', '--heads', credential.url], {
    env: gitEnvironment({ gitDir: '/', allowHttp, credential }),
    timeoutMs: TIMEOUT_MS,
  });
  if (answer.ok) return success(credential.url);
  const lines = answer.reason.stderr.split('\n').filter((line) => line.trim() !== '');
  return failure(answer.reason.timedOut ? `no answer within ${TIMEOUT_MS / 1000} s` : (lines.at(-1) ?? 'git gave no reason'));
}
