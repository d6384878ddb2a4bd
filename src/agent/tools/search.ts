import { z } from 'zod';
import { suggestPaths } from '../nearest-paths.ts';
import { shortened } from '../numbered-lines.ts';
import { type Answer, defineTool, refuse, say, type Tool } from '../tool.ts';
import type { Workspace } from '../workspace.ts';
import { parseWorkspacePath } from '../workspace-path.ts';

const HITS_MAX = 100;
const ANSWER_CHARACTERS = 20_000;

const input = z.strictObject({
  pattern: z.string().describe('What to find, within one line, in exactly this case'),
  regex: z.boolean().describe('false: the pattern is literal text; true: a Perl-compatible regular expression'),
  path: z.string().nullable().describe('A file or directory to search in; null: the whole repository'),
});

export const searchTool = (workspace: Workspace): Tool =>
  defineTool({
    name: 'search',
    description:
      `Finds lines in the repository's text files. Each match is shown as path:line: text; at most ${HITS_MAX} matches are shown. ` +
      'Case matters; with regex, (?i) at the start makes it not matter.',
    input,
    run: ({ pattern, regex, path }) => search(workspace, pattern, regex, path),
  });

async function search(workspace: Workspace, pattern: string, regex: boolean, given: string | null): Promise<Answer> {
  const path = parseWorkspacePath(given ?? '');
  if (!path.ok) return refuse(path.reason);
  const files = await workspace.files();
  if (path.value !== '' && !files.has(path.value) && !hasFolder(path.value, files.keys())) {
    return refuse(`There is no file or directory ${path.value}.${suggestPaths(path.value, files.keys())}`);
  }
  const result = await workspace.search({ pattern, regex, path: path.value === '' ? null : path.value, limit: HITS_MAX });
  if (!result.ok) return refuse(result.reason);
  const { hits, truncated } = result.value;
  const where = path.value === '' ? 'the repository' : path.value;
  if (hits.length === 0) return say(`No match for ${JSON.stringify(pattern)} in ${where}.${hint(pattern, regex)}`);

  const shown: string[] = [];
  let room = ANSWER_CHARACTERS;
  for (const hit of hits) {
    const line = `${hit.path}:${hit.line}: ${shortened(hit.text)}`;
    room -= line.length + 1;
    if (room < 0 && shown.length > 0) break;
    shown.push(line);
  }
  const more = truncated || shown.length < hits.length;
  const footer = more ? [`Only the first ${shown.length} matches are shown; narrow with a path or a longer pattern.`] : [];
  return say([...shown, ...footer].join('\n'));
}

function hint(pattern: string, regex: boolean): string {
  return !regex && /\\[bdsw.(]|\.\*|\.\+|\|/.test(pattern)
    ? ' The pattern was taken literally; set regex to true for an expression.'
    : '';
}

function hasFolder(path: string, files: Iterable<string>): boolean {
  for (const file of files) if (file.startsWith(`${path}/`)) return true;
  return false;
}
