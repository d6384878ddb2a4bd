import { readFile } from 'node:fs/promises';
import { gitEnvironment } from '../../src/adapters/git/git-environment.ts';
import { runGit } from '../../src/adapters/git/git-process.ts';
import { createObjectReader } from '../../src/adapters/git/object-reader.ts';
import { failure, type Outcome, success } from '../../src/domain/outcome.ts';
import { tryGit } from '../support/github/git-command.ts';

/** A local repository whose history is replayed. It is only read. */
export interface Source {
  /** Its object store, for others to borrow from. */
  readonly objects: string;
  /** The commits at which a shallow clone ends, as git writes them down; empty for a whole one. */
  readonly shallow: string;
  /** stdout; throws with git's words. */
  git(args: readonly string[], input?: string): Promise<Buffer>;
  /** The bytes of an object; null where the repository lacks it. */
  read(oid: string): Promise<Buffer | null>;
  close(): void;
}

const GIT_TIMEOUT_MS = 120_000;

/** @param path a repository, bare or not, or a folder inside one. */
export async function openSource(path: string): Promise<Outcome<Source>> {
  // Whoever it belongs to: a mounted folder has its own owner, and nothing of it is run.
  const found = await tryGit(path, ['-c', 'safe.directory=*', 'rev-parse', '--absolute-git-dir']);
  if (found.code !== 0) return failure(`${path} is not a git repository: ${found.stderr.trim()}`);
  const env = gitEnvironment({ gitDir: found.stdout.toString().trim(), allowHttp: false });
  const format = await runGit(['rev-parse', '--show-object-format'], { env, timeoutMs: GIT_TIMEOUT_MS });
  if (!format.ok || format.value.toString().trim() !== 'sha1') return failure(`${path} has no SHA-1 object ids, as GitHub has.`);
  const git = async (args: readonly string[], input = '') => {
    const ran = await runGit(args, { env, input, timeoutMs: GIT_TIMEOUT_MS });
    if (!ran.ok) throw new Error(`git ${args.join(' ')}: ${ran.reason.stderr.trim()}`);
    return ran.value;
  };
  const inside = async (name: string) =>
    (await git(['rev-parse', '--path-format=absolute', '--git-path', name])).toString().trim();
  const shallow = await readFile(await inside('shallow'), 'utf8').catch(() => '');
  const reader = createObjectReader(env);
  return success({ objects: await inside('objects'), shallow, git, read: reader.read, close: reader.close });
}
