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

interface Request {
  resolve(end: GitEnd): void;
  reject(error: Error): void;
}

interface Answer {
  readonly id: number;
  readonly end?: GitEnd;
  readonly error?: string;
}

let runner: ChildProcess | null = null;
let lastId = 0;
const requests = new Map<number, Request>();

/** @throws when git cannot be started; that it fails is an answer. */
export function runGit(command: GitCommand): Promise<GitEnd> {
  runner ??= startRunner();
  const asked = runner;
  lastId += 1;
  const id = lastId;
  return new Promise((resolve, reject) => {
    requests.set(id, { resolve, reject });
    asked.channel?.ref();
    asked.send({ id, command }, (error) => error && giveUp(asked, error));
  });
}

function startRunner(): ChildProcess {
  const started = fork(join(import.meta.dirname, 'git-runner.ts'), {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  started.on('message', ({ id, end, error }: Answer) => {
    const request = requests.get(id);
    requests.delete(id);
    if (end) request?.resolve(end);
    else request?.reject(new Error(error));
    // An idle runner must not keep this process alive.
    if (requests.size === 0) started.channel?.unref();
  });
  started.on('error', (error) => giveUp(started, error));
  started.on('exit', (code, signal) => giveUp(started, new Error(`the process that starts git ended with ${signal ?? code}`)));
  started.unref();
  return started;
}

/** Whoever waits for it is told; the next command gets a new one. */
function giveUp(failed: ChildProcess, error: Error): void {
  if (failed !== runner) return;
  runner = null;
  failed.kill();
  for (const { reject } of requests.values()) reject(error);
  requests.clear();
}
