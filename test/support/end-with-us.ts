import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const one of running) one.kill('SIGKILL');
});

/** Reads which processes there are, as `+ 12` and `- 12`, and ends those that are left when its input ends. */
const GUARD = `all=' '
while read -r sign pid; do
  case $sign in
    +) all="$all$pid " ;;
    -) all="\${all%% $pid *} \${all#* $pid }" ;;
  esac
done
kill -9 $all`;

let guard: Writable | null = null;

/** A shell in a session of its own, which no Ctrl-C reaches: one for all, because to start a process costs a large one 20 ms. */
function startGuard(): Writable {
  const shell = spawn('sh', ['-c', GUARD], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  shell.unref();
  (shell.stdin as Socket).unref();
  shell.stdin.on('error', () => {});
  return shell.stdin;
}

/** Whatever ends this process, the other one ends with it, before it where this one comes to its end: otherwise a guard sees to it. */
export function endWithUs(other: ChildProcess): void {
  guard ??= startGuard();
  const input = guard;
  input.write(`+ ${other.pid}\n`);
  running.add(other);
  other.once('exit', () => {
    running.delete(other);
    input.write(`- ${other.pid}\n`);
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
