import { type ChildProcess, spawn } from 'node:child_process';

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
  const end = (): void => void other.kill('SIGKILL');
  process.once('exit', end);
  other.once('exit', () => {
    process.off('exit', end);
    guard.kill('SIGKILL');
  });
}
