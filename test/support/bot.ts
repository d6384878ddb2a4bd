import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { CACHE } from './cache.ts';
import { endWithUs } from './end-with-us.ts';

/** Planwright itself: a process of its own that knows nothing of the test. */
export interface Bot {
  /** Empty when it was killed before it listened. */
  readonly url: string;
  /** Every line it printed, oldest first. */
  readonly output: readonly string[];
  /** Resolves with the first line that matches, printed already or later; rejects when the bot ends before. */
  prints(line: RegExp): Promise<string>;
  /** SIGKILL: nothing is drained, nothing is said. */
  kill(): Promise<void>;
  /** The same, as soon as it prints such a line. */
  killAt(line: RegExp): void;
  /** Freezes it, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** This process may end although the bot runs, which then ends with it. */
  unref(): void;
  readonly exited: Promise<number | null>;
  readonly hasEnded: boolean;
}

export interface BotOptions {
  /** Kills it at the first line that matches, or so many milliseconds after its start, which may be before it listens. */
  readonly killAt?: RegExp | { readonly afterMs: number } | undefined;
  /** The folder of the build that it runs; this one's unless given. */
  readonly build?: string | undefined;
  /** Told of each line it prints. */
  readonly heard?: ((line: string, pid: number) => void) | undefined;
  /** Node's flags, in place of those for tests. */
  readonly flags?: readonly string[] | undefined;
}

const DEFAULTS: Readonly<Record<string, string>> = {
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'info',
  NODE_COMPILE_CACHE: join(CACHE, 'compiled'),
};
/** A bot of a test lives for seconds, in which the embedded database's WebAssembly costs more to optimize than it saves. */
const FLAGS = ['--disable-warning=ExperimentalWarning', '--liftoff-only'];
/** While the tests run there are more processes than cores, so that threads for garbage only cost. */
export const flagsOf = (): readonly string[] =>
  process.env.TEST_RUN ? [...FLAGS, '--single-threaded-gc', '--max-semi-space-size=32'] : FLAGS;
const THIS_BUILD = join(import.meta.dirname, '../..');
const ENTRY = 'test/support/bot-entry.ts';
/** A program of the tests, as one file where this run has made one, which starts in half the time. */
export const programOf = (source: string, build = THIS_BUILD): string =>
  build === THIS_BUILD && process.env.TEST_PROGRAMS
    ? join(process.env.TEST_PROGRAMS, `${basename(source, '.ts')}.mjs`)
    : join(build, source);

/**
 * Starts the bot and waits until it listens, or is killed as the options say, which may come before.
 * @throws with everything it printed, when it ends by itself before it listens.
 */
export async function startBot(
  env: Readonly<Record<string, string>>,
  { killAt, heard, build = THIS_BUILD, flags = flagsOf() }: BotOptions = {},
): Promise<Bot> {
  const child = spawn(process.execPath, [...flags, programOf(ENTRY, build)], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...DEFAULTS, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithUs(child);
  const output: string[] = [];
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  let deadly = killAt instanceof RegExp ? killAt : null;
  if (killAt && !(killAt instanceof RegExp)) {
    const deadline = setTimeout(() => child.kill('SIGKILL'), killAt.afterMs);
    child.once('exit', () => clearTimeout(deadline));
  }
  const waiting = new Set<() => void>();
  const hear = (line: string): void => {
    output.push(line);
    heard?.(line, child.pid ?? 0);
    for (const look of waiting) look();
    if (deadly?.test(line)) child.kill('SIGKILL');
  };
  const url = await Promise.race([
    listening(child, hear),
    exited.then((code) => (child.killed ? '' : fail(code ?? child.signalCode, output))),
  ]);
  return {
    url,
    output,
    exited,
    get hasEnded() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    prints(line) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          const found = output.find((printed) => line.test(printed));
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
        void exited.then((code) =>
          reject(new Error(`the bot ended with ${code} and did not print ${line}:\n${output.join('\n')}`)),
        );
      });
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    killAt(line) {
      deadly = line;
    },
    signal: (signal) => void child.kill(signal),
    async stop() {
      child.kill('SIGTERM');
      return exited;
    },
    unref() {
      child.unref();
      for (const stream of [child.stdout, child.stderr]) (stream as Socket | null)?.unref();
    },
  };
}

function listening(child: ChildProcess, hear: (line: string) => void): Promise<string> {
  return new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        hear(line);
        const match = /listens on (http:\/\/[^ ,"]+)/.exec(line);
        if (match) resolve(match[1] as string);
      });
    }
  });
}

function fail(code: number | string | null, output: readonly string[]): never {
  throw new Error(`the bot ended with ${code} before it listened:\n${output.join('\n')}`);
}
