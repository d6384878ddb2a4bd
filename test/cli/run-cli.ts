import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { CACHE } from '../support/cache.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What people start, which starts a second process with the program. */
const LAUNCHER = [join(ROOT, 'bin/planwright.mjs')];
/** The program itself, as few files: where scenarios run as well. It starts in half the time. */
const PROGRAM = process.env.TEST_PROGRAMS
  ? ['--disable-warning=ExperimentalWarning', join(process.env.TEST_PROGRAMS, 'start.mjs')]
  : LAUNCHER;

/** Runs `planwright` in a process and an environment of its own; with `launcher` as people do. */
export function runCli(
  args: readonly string[],
  { env = {}, cwd = ROOT, launcher = false }: { env?: Readonly<Record<string, string>>; cwd?: string; launcher?: boolean } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [...(launcher ? LAUNCHER : PROGRAM), ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_COMPILE_CACHE: join(CACHE, 'compiled'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}
