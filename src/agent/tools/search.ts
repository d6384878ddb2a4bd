import { z } from 'zod';
import type { SearchHit } from '../../ports/snapshot.ts';
import { knownSpelling } from '../files/known-spelling.ts';
import { suggestPaths } from '../files/nearest-paths.ts';
import { isLongLine, partOfLine } from '../files/numbered-lines.ts';
import type { Workspace } from '../files/workspace.ts';
import { parseWorkspacePath } from '../files/workspace-path.ts';
import { type Answer, defineTool, type Tool, toolError, toolResult } from '../tool.ts';

/** Matches shown in all, and of one file while others match too: a changelog must not crowd out the code. */
const SHOWN_MAX = 100;
const IN_ONE_FILE = 20;
/** Matches counted, so that the answer can say where the rest is. */
const COUNTED_MAX = 2_000;
const ANSWER_CHARACTERS = 20_000;
const PLACES_NAMED = 6;

const input = z.strictObject({
  pattern: z.string().describe('What to find, within one line, in exactly this case'),
  regex: z.boolean().describe('false: the pattern is literal text; true: a Perl-compatible regular expression'),
  path: z.string().nullable().describe('A file or directory to search in; null: the whole repository'),
});

export const searchTool = (workspace: Workspace): Tool =>
  defineTool({
    name: 'search',
    description:
      `Finds lines in the repository's text files. Each match is shown as path:line: text; at most ${SHOWN_MAX} are shown, ${IN_ONE_FILE} of one file while others match, and where the rest is. ` +
      'Case matters, unless a regex begins with (?i).',
    input,
    run: ({ pattern, regex, path }) => search(workspace, pattern, regex, path),
  });

async function search(workspace: Workspace, pattern: string, regex: boolean, given: string | null): Promise<Answer> {
  const parsed = parseWorkspacePath(given ?? '');
  if (!parsed.ok) return toolError(parsed.reason);
  const files = await workspace.files();
  const path = knownSpelling(parsed.value, files);
  if (path !== '' && !files.has(path) && !hasFolder(path, files.keys())) {
    return toolError(`There is no file or directory ${path}.${suggestPaths(path, files.keys())}`);
  }
  const searched = path === '' ? null : path;
  const result = await workspace.search({ pattern, regex, path: searched, limit: COUNTED_MAX });
  if (!result.ok) return toolError(result.reason);
  const { hits, truncated } = result.value;
  if (hits.length === 0)
    return toolResult(`No match for ${JSON.stringify(pattern)} in ${searched ?? 'the repository'}.${hint(pattern, regex)}`);
  const { lines, left } = select(hits);
  const cut = hits.some((hit) => !left.includes(hit) && isCut(hit));
  return toolResult([...lines, ...(cut ? [CUT_LINES] : []), ...footer(hits, left, truncated, path)].join('\n'));
}

const CUT_LINES =
  'Of long lines only the part around the first match is shown; read_file with the line as from_line and to_line shows all of it.';
const isCut = ({ text, cutBefore, cutAfter }: SearchHit): boolean => cutBefore || cutAfter || isLongLine(text);
const textOf = ({ text, match, cutBefore, cutAfter }: SearchHit): string =>
  partOfLine(text, match, { before: cutBefore, after: cutAfter });

/** The lines that are shown, and the matches that are not. */
function select(hits: readonly SearchHit[]): { lines: string[]; left: SearchHit[] } {
  const most = hits.every(({ path }) => path === hits[0]?.path) ? SHOWN_MAX : IN_ONE_FILE;
  const ofFile = new Map<string, number>();
  const lines: string[] = [];
  const left: SearchHit[] = [];
  let room = ANSWER_CHARACTERS;
  for (const hit of hits) {
    const count = (ofFile.get(hit.path) ?? 0) + 1;
    ofFile.set(hit.path, count);
    const line = `${hit.path}:${hit.line}: ${textOf(hit)}`;
    const fits = count <= most && lines.length < SHOWN_MAX && (room >= line.length || lines.length === 0);
    if (fits) {
      room -= line.length + 1;
      lines.push(line);
    } else left.push(hit);
  }
  return { lines, left };
}

/** How many are not shown, where they are, and how to get at them. */
function footer(hits: readonly SearchHit[], left: readonly SearchHit[], truncated: boolean, searched: string): string[] {
  if (left.length === 0 && !truncated) return [];
  const all = truncated ? `more than ${hits.length}` : String(hits.length);
  const places = new Map<string, number>();
  const start = searched === '' ? 0 : searched.length + 1;
  for (const { path } of left) {
    const slash = path.indexOf('/', start);
    const place = slash === -1 ? path : path.slice(0, slash + 1);
    places.set(place, (places.get(place) ?? 0) + 1);
  }
  const named = [...places].sort(([, a], [, b]) => b - a).slice(0, PLACES_NAMED);
  const where = named.map(([place, count]) => `${place} (${count})`).join(', ');
  return [
    `${hits.length - left.length} of ${all} matches are shown; others are in ${where}${places.size > named.length ? ' and elsewhere' : ''}. Narrow with a path or a longer pattern.`,
  ];
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
