// A small process that starts git for a large one. To start a process the kernel copies the memory map of the one that asks, which takes one
// with a gigabyte of tests in it 20 ms, and this one 1 ms.
import { spawn } from 'node:child_process';
import type { GitCommand, GitEnd } from './git-processes.ts';

function run({ args, env, input }: GitCommand): Promise<GitEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { env });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) }));
    child.stdin.on('error', () => {}); // git may exit before it has read its input; its exit code tells
    child.stdin.end(input);
  });
}

process.on('message', ({ id, command }: { id: number; command: GitCommand }) => {
  run(command).then(
    (end) => process.send?.({ id, end }),
    (error: Error) => process.send?.({ id, error: error.message }),
  );
});
process.on('disconnect', () => process.exit());
