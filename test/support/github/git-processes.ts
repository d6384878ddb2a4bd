// Runs git by way of one small process of this one, which lives as long as this does.
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

export interface GitCommand {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What it reads from its standard input. */
  readonly input: string | Uint8Array;
}

export interface GitEnd {
  /** -1 when a signal ended it. */
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

interface Waiting {
  resolve(end: GitEnd): void;
  reject(error: Error): void;
}

interface Answer {
  readonly id: number;
  readonly end?: GitEnd;
  readonly error?: string;
}

let runner: ChildProcess | null = null;
let asked = 0;
const waiting = new Map<number, Waiting>();

/** @throws when git cannot be started; that it fails is an answer. */
export function runGit(command: GitCommand): Promise<GitEnd> {
  runner ??= startRunner();
  const { channel } = runner;
  asked += 1;
  const id = asked;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    channel?.ref();
    runner?.send({ id, command }, (error) => error && reject(error));
  });
}

function startRunner(): ChildProcess {
  const started = fork(join(import.meta.dirname, 'git-runner.ts'), {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  started.on('message', ({ id, end, error }: Answer) => {
    const asker = waiting.get(id);
    waiting.delete(id);
    if (end) asker?.resolve({ code: end.code, stdout: Buffer.from(end.stdout), stderr: Buffer.from(end.stderr) });
    else asker?.reject(new Error(error));
    // Nobody is kept alive by a runner that has nothing to do.
    if (waiting.size === 0) started.channel?.unref();
  });
  started.on('exit', (code, signal) => {
    runner = null;
    for (const { reject } of waiting.values()) reject(new Error(`the process that starts git ended with ${signal ?? code}`));
    waiting.clear();
  });
  started.unref();
  return started;
}
