// Runs the git command in a bare repository, without the configuration of whoever runs the tests.
import { runGit } from './git-processes.ts';

export const GIT_ENVIRONMENT = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
};

export interface GitResult {
  code: number;
  stdout: Buffer;
  stderr: string;
}

export interface GitOptions {
  input?: string | Buffer;
  env?: Record<string, string>;
}

/** Runs git and reports how it ended; a non-zero exit is an answer here, as with `merge-tree` and `merge-base --is-ancestor`. */
export async function tryGit(dir: string, args: readonly string[], { input = '', env }: GitOptions = {}): Promise<GitResult> {
  const { code, stdout, stderr } = await runGit({
    args: ['-C', dir, '-c', 'core.quotePath=false', ...args],
    env: { ...GIT_ENVIRONMENT, ...env },
    input,
  });
  return { code, stdout, stderr: stderr.toString() };
}

/** Runs git, returns its output as text; throws with git's own words when it fails. */
export async function git(dir: string, args: readonly string[], options?: GitOptions): Promise<string> {
  return (await gitBytes(dir, args, options)).toString();
}

export async function gitBytes(dir: string, args: readonly string[], options?: GitOptions): Promise<Buffer> {
  const { code, stdout, stderr } = await tryGit(dir, args, options);
  if (code !== 0) throw new Error(`git ${args.join(' ')}: exit ${code}: ${stderr.trim()}`);
  return stdout;
}

const answers = new Map<string, Promise<string>>();
/** Characters; what is longer is asked again. */
const REMEMBERED_MAX = 100_000;

/**
 * The same for a question whose answer never changes, because it names objects by their ids and no references: git is asked once. Starting
 * git for each look at a pull request was most of what the scenarios' two cores did.
 */
export function gitOfObjects(dir: string, args: readonly string[]): Promise<string> {
  const key = JSON.stringify([dir, ...args]);
  const known = answers.get(key);
  if (known) return known;
  const answer = git(dir, args);
  answers.set(key, answer);
  answer.then(
    (text) => text.length > REMEMBERED_MAX && answers.delete(key),
    () => answers.delete(key),
  );
  return answer;
}
