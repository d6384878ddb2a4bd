import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { failure, type Outcome, success } from '../../domain/outcome.ts';

/** How a git child failed. `code` is null when it was killed. */
export interface GitFailure {
  readonly code: number | null;
  readonly stderr: string;
  readonly timedOut: boolean;
}

export interface GitRunOptions {
  /**
   * A command of sh that is run in place of git, with the arguments as `$0`, `$1` and so on, so that several gits cost one process
   * start.
   */
  readonly script?: string;
  readonly env: Record<string, string>;
  readonly timeoutMs: number;
  readonly input?: Buffer | string;
  /** Whether any output on stderr is a failure: `update-index` only prints "Ignoring path" and exits with 0. */
  readonly silent?: boolean;
  /** Exit codes that are no failure; by default only 0. */
  readonly accepted?: readonly number[];
  /** KiB of memory the child may allocate; mapped packs do not count. */
  readonly memoryKiB?: number;
  /** Receives stdout as it arrives; returning false ends the child, which then counts as having succeeded. */
  readonly onOutput?: (chunk: Buffer) => boolean;
}

const STDERR_MAX = 16_384;

/** Starts git in a process group of its own, so that ending it also ends the helpers it starts (git-remote-https, index-pack). */
export function startGit(
  args: readonly string[],
  env: Record<string, string>,
  memoryKiB?: number,
): ChildProcessWithoutNullStreams {
  const options = { env, cwd: env.GIT_DIR, detached: true } as const;
  if (memoryKiB === undefined) return spawn('git', args, options);
  // `ulimit -d` is plain sh and counts what is allocated, not the packs git maps (`-v` would); Linux enforces it, other
  // systems ignore it and keep the timeout.
  return spawn('sh', ['-c', 'ulimit -d "$0" 2>/dev/null; exec git "$@"', String(memoryKiB), ...args], options);
}

export function endGit(child: ChildProcessWithoutNullStreams): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}

/** Runs git to its end. The value is its stdout (empty with `onOutput`). */
export function runGit(args: readonly string[], options: GitRunOptions): Promise<Outcome<Buffer, GitFailure>> {
  return new Promise((resolve) => {
    const child =
      options.script === undefined
        ? startGit(args, options.env, options.memoryKiB)
        : spawn('sh', ['-c', options.script, ...args], { env: options.env, cwd: options.env.GIT_DIR, detached: true });
    const output: Buffer[] = [];
    let stderr = '';
    let timedOut = false;
    let enough = false;
    const timer = setTimeout(() => {
      timedOut = true;
      endGit(child);
    }, options.timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => {
      if (enough) return;
      if (!options.onOutput) output.push(chunk);
      else if (!options.onOutput(chunk)) {
        enough = true;
        endGit(child);
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < STDERR_MAX) stderr += chunk.toString();
    });
    const end = (code: number | null, message = '') => {
      clearTimeout(timer);
      const ended = code !== null && (options.accepted ?? [0]).includes(code);
      if (enough || (ended && !(options.silent && stderr !== ''))) resolve(success(Buffer.concat(output)));
      else resolve(failure({ code, stderr: stderr + message, timedOut }));
    };
    // git itself is missing, or the process table is full.
    child.on('error', (error) => end(null, error.message));
    child.on('close', (code) => end(code));
    // git may end without having read everything (a bad path in the input); its exit code says so.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input);
  });
}
