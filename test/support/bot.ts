import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Planwright itself, as `npm start` runs it: a process of its own that knows nothing of the test. */
export interface Bot {
  readonly url: string;
  /** Every line it printed, oldest first. */
  readonly output: readonly string[];
  /** SIGKILL: nothing is drained, nothing is said. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  readonly exited: Promise<number | null>;
}

const ENTRY = join(import.meta.dirname, '../../src/main.ts');

/** Starts the bot and waits until it listens. @throws with everything it printed, when it ends before that. */
export async function startBot(env: Readonly<Record<string, string>>): Promise<Bot> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const url = await Promise.race([listening(child, output), exited.then((code) => fail(code, output))]);
  return {
    url,
    output,
    exited,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

function listening(child: ChildProcess, output: string[]): Promise<string> {
  return new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        output.push(line);
        const match = /listens on (http:\/\/[^ ,"]+)/.exec(line);
        if (match) resolve(match[1] as string);
      });
    }
  });
}

function fail(code: number | null, output: readonly string[]): never {
  throw new Error(`the bot ended with ${code} before it listened:\n${output.join('\n')}`);
}
