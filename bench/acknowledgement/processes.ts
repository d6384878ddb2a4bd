import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process that this one has started and ends. */
export interface Started {
  readonly url: string;
  readonly pid: number;
  end(): Promise<void>;
}

const FLAGS = ['--disable-warning=ExperimentalWarning'];

/** Starts a module that prints where it listens. @throws with what it printed, where it ends before. */
export async function startListening(
  module: string,
  { args = [], env = {} }: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Started> {
  const child = spawn(process.execPath, [...FLAGS, module, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      output.push(line);
      const found = /listens on (http:\/\/[^ ,"]+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`${module} ended with ${code}:\n${output.join('\n')}`)));
  });
  return { url, pid: child.pid as number, end: () => ended(child) };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Runs a module to its end; what it printed. */
export async function runToEnd(module: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [...FLAGS, module, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${module} ended with ${code}`);
  return output;
}
