import type { Outcome } from '../../../domain/outcome.ts';
import { type GitFailure, runGit } from '../git-process.ts';

/** Comparing a huge working tree on a cold disk takes a while. */
const TIMEOUT_MS = 120_000;

/**
 * Runs git in a person's repository as that person: with their own configuration, because it says who they are and which folders
 * they trust. Nothing is written: no index is refreshed, no hook and no monitor is started, and no variable of a surrounding git
 * command counts.
 */
export function personGit(path: string, args: readonly string[]): Promise<Outcome<Buffer, GitFailure>> {
  const { PATH = '/usr/local/bin:/usr/bin:/bin', HOME, XDG_CONFIG_HOME } = process.env;
  const settings = [
    ['core.hooksPath', '/dev/null'],
    ['core.fsmonitor', 'false'],
    ['core.quotePath', 'false'],
  ];
  const env = {
    PATH,
    LC_ALL: 'C.UTF-8',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_PAGER: 'cat',
    ...(HOME === undefined ? {} : { HOME }),
    ...(XDG_CONFIG_HOME === undefined ? {} : { XDG_CONFIG_HOME }),
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], i) => [
        [`GIT_CONFIG_KEY_${i}`, key],
        [`GIT_CONFIG_VALUE_${i}`, value],
      ]),
    ),
  };
  return runGit(['-C', path, ...args], { env, timeoutMs: TIMEOUT_MS });
}
