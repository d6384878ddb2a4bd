import { type KnownPaths, knownSpelling } from '../../agent/files/known-spelling.ts';
import { parseWorkspacePath } from '../../agent/files/workspace-path.ts';
import type { FileMode } from '../../domain/change/change-set.ts';
import { pathProblem } from '../../domain/change/repository-path.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';

/** What a tool does to a path. A removed file may be put back; a file that is moved away is meant to stay away. */
export type Write = 'put' | 'remove' | 'move away';

/** Why a path may not be written so, as a sentence; null when it may. The approved plan decides, never the conversation. */
export type MayWrite = (path: string, write: Write) => string | null;

export interface WriteRules {
  readonly mayWrite: MayWrite;
  /** The paths that the plan lists, as it spells them. */
  readonly planned: readonly string[];
}

/** @param files those that exist, whose spelling a path takes that differs from one of theirs, or a planned one, in nothing else. */
export function parseWritablePath(given: string, write: Write, rules: WriteRules, files: KnownPaths): Outcome<string> {
  const parsed = parseWorkspacePath(given);
  if (!parsed.ok) return parsed;
  const path = success(knownSpelling(parsed.value, files, rules.planned));
  if (path.value === '' || given.endsWith('/')) return failure(`${JSON.stringify(given)} is not the path of a file.`);
  const problem = pathProblem(path.value);
  if (problem !== null) return failure(`${JSON.stringify(given)} ${problem}; no file is written there.`);
  const refusal = rules.mayWrite(path.value, write);
  if (refusal === null) return path;
  return failure(`${refusal} If the component cannot be built without it, call flag_blocker with kind out_of_scope.`);
}

/** The message for the model about a write that was refused for its size. */
export const sizeRefusal = (limits: string): string =>
  `${limits} Nothing was written. Keep to what the plan asks for; if that is more than this, call flag_blocker.`;

/**
 * Whether a new file fits into the tree: its directories must not be files, nor itself a directory. Names that differ only in case
 * or in how an accent is composed count as one, because on many disks they are, and a checkout would lose one of the two. A folder that is
 * there beside such a file may have more files: those two are lost to each other already.
 */
export function checkPathIsFree(path: string, files: ReadonlyMap<string, { readonly mode: FileMode }>): Outcome<void> {
  if (files.has(path)) return failure(`${path} exists already.`);
  const parts = path.split('/');
  for (let depth = 1; depth < parts.length; depth++) {
    const folder = parts.slice(0, depth).join('/');
    const there = files.get(folder);
    if (there) return failure(`${folder} is ${KINDS[there.mode] ?? 'a file'}, so nothing can be put below it.`);
  }
  if (isFolder(path, files.keys())) return failure(`${path} is a directory.`);
  const wanted = { path, folded: folded(path), files };
  for (const file of files.keys()) {
    const clash = clashOf(wanted, file);
    if (clash !== null)
      return failure(`${clash} on disks that take the two names for the same. Use another name, or edit ${file}.`);
  }
  return success(undefined);
}

const KINDS: Partial<Record<FileMode, string>> = { '120000': 'a symbolic link', '160000': 'a submodule' };

interface WantedPath {
  readonly path: string;
  readonly folded: string;
  readonly files: ReadonlyMap<string, unknown>;
}

function clashOf({ path, folded: wanted, files }: WantedPath, file: string): string | null {
  const known = folded(file);
  if (known === wanted) return `${path} would be one file with ${file}`;
  if (wanted.startsWith(`${known}/`)) {
    const folder = path.split('/', file.split('/').length).join('/');
    return isFolder(folder, files.keys()) ? null : `${path} would need a folder where ${file} is a file`;
  }
  if (known.startsWith(`${wanted}/`)) return `${path} would be a file where the folder of ${file} is`;
  return null;
}

/** As macOS and Windows compare names; 80,000 take 30 ms. */
const folded = (path: string): string => path.normalize('NFC').toLowerCase();

function isFolder(path: string, files: Iterable<string>): boolean {
  for (const file of files) if (file.startsWith(`${path}/`)) return true;
  return false;
}
