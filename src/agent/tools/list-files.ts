import { z } from 'zod';
import { globMatcher } from '../../domain/change/glob.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import { knownSpelling } from '../files/known-spelling.ts';
import { suggestPaths } from '../files/nearest-paths.ts';
import type { Workspace, WorkspaceFile } from '../files/workspace.ts';
import { parseWorkspacePath } from '../files/workspace-path.ts';
import { type Answer, defineTool, type Tool, toolError, toolResult } from '../tool.ts';

/** A directory with more files below it is shown one level deep. */
const WHOLE_MAX = 300;
const LINES_MAX = 500;
const ANSWER_CHARACTERS = 20_000;
const GLOB_MAX = 200;

const input = z.strictObject({
  path: z.string().describe('A directory; "." is the root'),
  glob: z
    .string()
    .nullable()
    .describe('Files below path that match, such as **/*.ts or src/*.json, relative to path; null: no filter'),
});

export const listFilesTool = (workspace: Workspace): Tool =>
  defineTool({
    name: 'list_files',
    description:
      `Lists files. Without a glob: everything below the directory when that is at most ${WHOLE_MAX} files, else one level, where a ` +
      'directory ends in / and says how many files it holds. With a glob: every matching file at any depth (** crosses directories, ' +
      `* does not). At most ${LINES_MAX} lines; paths are relative to the repository's root.`,
    input,
    run: ({ path, glob }) => listFiles(workspace, path, glob),
  });

async function listFiles(workspace: Workspace, given: string, glob: string | null): Promise<Answer> {
  const parsed = parseWorkspacePath(given);
  if (!parsed.ok) return toolError(parsed.reason);
  const files = await workspace.files();
  const path = knownSpelling(parsed.value, files);
  const prefix = path === '' ? '' : `${path}/`;
  const below = [...files.values()].filter((file) => file.path.startsWith(prefix));
  const where = path || 'The repository';
  if (below.length === 0) {
    const single = files.get(path);
    if (single) return toolResult(describe(single));
    if (path === '') return toolResult('The repository is empty.');
    return toolError(`There is no directory ${path}.${suggestPaths(path, files.keys())}`);
  }
  if (glob !== null && glob !== '') {
    const matching = matchGlob(glob, below, prefix.length);
    if (!matching.ok) return toolError(matching.reason);
    if (matching.value.length === 0)
      return toolResult(`None of the ${below.length} files below ${path || 'the root'} matches ${glob}.`);
    return page(`${matching.value.length} of ${below.length} files match ${glob}:`, matching.value.map(describe));
  }
  if (below.length <= WHOLE_MAX) return page(`${where}: ${below.length} files`, below.map(describe));
  return page(`${where}: ${below.length} files, shown one level deep`, oneLevel(below, prefix));
}

function page(header: string, lines: readonly string[]): Answer {
  const shown: string[] = [];
  let room = ANSWER_CHARACTERS;
  for (const line of lines.slice(0, LINES_MAX)) {
    room -= line.length + 1;
    if (room < 0 && shown.length > 0) break;
    shown.push(line);
  }
  const left = lines.length - shown.length;
  return toolResult([header, ...shown, ...(left > 0 ? [`${left} more; narrow with a deeper path or a glob.`] : [])].join('\n'));
}

function describe(file: WorkspaceFile): string {
  // A name with a line break must not look like two files.
  const path = /[\n\r\t]/.test(file.path) ? JSON.stringify(file.path) : file.path;
  if (file.mode === '160000') return `${path} (submodule)`;
  if (file.mode === '120000') return `${path} (symbolic link)`;
  return path;
}

function oneLevel(below: readonly WorkspaceFile[], prefix: string): string[] {
  const counts = new Map<string, number>();
  const lines: string[] = [];
  for (const file of below) {
    const slash = file.path.indexOf('/', prefix.length);
    if (slash < 0) lines.push(describe(file));
    else {
      const folder = file.path.slice(0, slash + 1);
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
  }
  return [...[...counts].map(([folder, count]) => `${folder} (${count} ${count === 1 ? 'file' : 'files'})`), ...lines];
}

/** The pattern comes from a model that reads untrusted text; the matcher takes no more time for one that is made to be slow. */
function matchGlob(glob: string, files: readonly WorkspaceFile[], prefix: number): Outcome<WorkspaceFile[]> {
  if (glob.length > GLOB_MAX) return failure(`The glob is longer than ${GLOB_MAX} characters.`);
  const matches = globMatcher(glob.replace(/^\.?\//, ''));
  return success(files.filter(({ path }) => matches(path.slice(prefix))));
}
