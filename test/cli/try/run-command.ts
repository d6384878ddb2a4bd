import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CACHE } from '../../support/cache.ts';
import type { LocalModels } from '../../support/models/local-models.ts';
import type { Home } from './own-repository.ts';

/** As few files where scenarios run as well, which starts in half the time. */
const PROGRAM = process.env.TEST_PROGRAMS
  ? join(process.env.TEST_PROGRAMS, 'start.mjs')
  : join(import.meta.dirname, '../../../src/start.ts');

/** How the command ended and what it said. */
export interface Ended {
  readonly code: number | null;
  /** Both streams, in the order in which they arrived. */
  readonly said: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Types a line. */
  answer(line: string): void;
  /** Resolves when the output holds this; rejects when the command ends without it. */
  says(text: string): Promise<void>;
}

/** Starts the command as a process of its own. Without answers its input is empty, as in CI. */
export function start(
  home: Home,
  models: LocalModels | null,
  args: readonly string[],
  { env = {}, input = 'ignore' as 'ignore' | 'pipe' } = {},
): Running {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--liftoff-only', PROGRAM, 'try', ...args], {
    cwd: home.path,
    env: {
      PATH: process.env.PATH,
      HOME: home.path,
      XDG_CACHE_HOME: home.cache,
      GIT_CONFIG_NOSYSTEM: '1',
      NODE_COMPILE_CACHE: join(CACHE, 'compiled'),
      ...(models ? { ANTHROPIC_BASE_URL: models.anthropicUrl, ANTHROPIC_API_KEY: 'sk-local-models-want-a-key' } : {}),
      ...env,
    },
    stdio: [input, 'pipe', 'pipe'],
  });
  let said = '';
  let hear = (): void => {};
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      hear();
    });
  const ended = once(child, 'close').then(([code]): Ended => ({ code: code as number | null, said }));
  return {
    child,
    ended,
    answer: (line) => void child.stdin?.write(`${line}\n`),
    says: (text) =>
      new Promise((resolve, reject) => {
        hear = () => said.includes(text) && resolve();
        hear();
        void ended.then(() => reject(new Error(`the command ended before it said ${JSON.stringify(text)}:\n${said}`)));
      }),
  };
}

export const run = (...given: Parameters<typeof start>): Promise<Ended> => start(...given).ended;

/** What a program reads of `--json`. */
export const eventsIn = (said: string): { readonly type: string; readonly [field: string]: unknown }[] =>
  said
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
