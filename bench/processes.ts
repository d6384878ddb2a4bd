import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { endWithUs } from '../test/support/end-with-us.ts';

/** A process that this one has started and ends. */
export interface Started {
  readonly url: string;
  readonly pid: number;
  /** Resolves with the first line that matches, printed already or later. */
  prints(line: RegExp): Promise<void>;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<void>;
  /** SIGKILL. */
  end(): Promise<void>;
}

interface Options {
  /** Node's own; those that every module here is started with unless told. */
  readonly flags?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** From the start; a bot at work prints on. */
const LINES_KEPT = 100;
const FLAGS = ['--disable-warning=ExperimentalWarning'];

/** Starts a module that prints where it listens. @throws with what it printed, where it ends before. */
export async function startListening(module: string, { flags = FLAGS, args = [], env = {} }: Options = {}): Promise<Started> {
  const child = spawn(process.execPath, [...flags, module, ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithUs(child);
  const output: string[] = [];
  const expected = new Set<{ readonly line: RegExp; readonly seen: () => void }>();
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (output.length < LINES_KEPT) output.push(line);
      for (const { line: pattern, seen } of expected) if (pattern.test(line)) seen();
      const found = /listens on (http:\/\/[^ ,"]+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`${module} ended with ${code}:\n${output.join('\n')}`)));
  });
  const prints = (line: RegExp): Promise<void> =>
    new Promise((resolve) => {
      if (output.some((printed) => line.test(printed))) resolve();
      else expected.add({ line, seen: resolve });
    });
  return { url, pid: child.pid as number, prints, stop: () => ended(child, 'SIGTERM'), end: () => ended(child, 'SIGKILL') };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

/** Runs a module to its end; what it printed. */
export async function runToEnd(module: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [...FLAGS, module, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  endWithUs(child);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${module} ended with ${code}`);
  return output;
}
