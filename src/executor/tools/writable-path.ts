import { parseWorkspacePath } from '../../agent/workspace-path.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import { pathProblem } from '../../domain/repository-path.ts';

/** Why a path may not be written, as a sentence; null when it may. Decided by the approved plan, never by the conversation. */
export type MayWrite = (path: string) => string | null;

export function parseWritablePath(given: string, mayWrite: MayWrite): Outcome<string> {
  const path = parseWorkspacePath(given);
  if (!path.ok) return path;
  if (path.value === '' || given.endsWith('/')) return failure(`${JSON.stringify(given)} is not the path of a file.`);
  const problem = pathProblem(path.value);
  if (problem !== null) return failure(`${JSON.stringify(given)} ${problem}; no file is written there.`);
  const refusal = mayWrite(path.value);
  if (refusal === null) return path;
  return failure(`${refusal} If the component cannot be built without it, call flag_blocker with kind out_of_scope.`);
}

/** A write that was refused for its size, to the model. */
export const tooMuch = (limits: string): string =>
  `${limits} Nothing was written. Keep to what the plan asks for; if that is more than this, call flag_blocker.`;

/** Whether a new file fits into the tree: no file stands where its directories would be, no directory where it would be. */
export function roomFor(path: string, files: ReadonlyMap<string, unknown>): Outcome<void> {
  if (files.has(path)) return failure(`${path} exists already.`);
  const parts = path.split('/');
  for (let depth = 1; depth < parts.length; depth++) {
    const folder = parts.slice(0, depth).join('/');
    if (files.has(folder)) return failure(`${folder} is a file, so nothing can be put below it.`);
  }
  for (const file of files.keys()) if (file.startsWith(`${path}/`)) return failure(`${path} is a directory.`);
  return success(undefined);
}
