import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { LocalRepository } from '../../adapters/git/local/repository.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';

function userCache({ XDG_CACHE_HOME }: NodeJS.ProcessEnv): string {
  // The XDG specification says that a relative XDG_CACHE_HOME is ignored.
  return XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache');
}

/** Every try has a database of its own, a copy of one in this folder. */
export const emptyDatabases = (variables: NodeJS.ProcessEnv): string => resolve(userCache(variables), 'planwright/databases');

/**
 * The folder of the tries of one repository: a folder of the user's cache, named after the repository and, because many have the
 * same name, after a hash of its path.
 * @returns or a sentence when that would be inside of the repository.
 */
export function triesFolder(
  { name, path, gitDir }: Pick<LocalRepository, 'name' | 'path' | 'gitDir'>,
  variables: NodeJS.ProcessEnv,
): Outcome<string> {
  const cache = userCache(variables);
  const key = `${name.replace(/[^A-Za-z0-9_.-]/g, '_')}-${createHash('sha256').update(gitDir).digest('hex').slice(0, 8)}`;
  const folder = resolve(cache, 'planwright/try', key);
  mkdirSync(join(cache), { recursive: true });
  const real = realpathSync(cache);
  if ([path, gitDir].some((place) => isInside(real, place)))
    return failure(
      `The cache folder ${cache} lies inside of ${path}, where nothing may be written. Set XDG_CACHE_HOME to another folder.`,
    );
  return success(folder);
}

function isInside(path: string, folder: string): boolean {
  const from = relative(folder, path);
  return from === '' || !(from.startsWith('..') || isAbsolute(from));
}

/** The numbers of the tries there are, the latest last. */
export function triesIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^[1-9]\d{0,8}$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

/** Takes the next number, which neither a folder nor a branch has, and makes its folder. */
export function newTry(folder: string, branches: readonly string[]): number {
  mkdirSync(folder, { recursive: true });
  const inBranches = branches.flatMap((name) => Number(/^planwright\/try-(\d+)\//.exec(name)?.[1] ?? 0));
  for (let number = Math.max(0, ...triesIn(folder), ...inBranches) + 1; ; number++) {
    try {
      mkdirSync(join(folder, String(number)));
      return number;
    } catch (error) {
      // Another process has taken this number at the same moment.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
