import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const one of running) one.kill('SIGKILL');
});

/**
 * Whatever ends this process, the other one ends with it, before it where this one comes to its end: otherwise a shell in a session of its own,
 * which no Ctrl-C reaches, waits for the other end of its input to go.
 */
export function endWithUs(other: ChildProcess): void {
  const guard = spawn('sh', ['-c', 'read -r line; kill -9 "$0"', String(other.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  guard.stdin.on('error', () => {});
  running.add(other);
  other.once('exit', () => {
    running.delete(other);
    guard.kill('SIGKILL');
  });
}

/** Ends them before this process comes to its end. */
export async function endThemNow(): Promise<void> {
  await Promise.all(
    [...running].map((one) => {
      one.ref();
      one.kill('SIGKILL');
      return once(one, 'exit');
    }),
  );
}
