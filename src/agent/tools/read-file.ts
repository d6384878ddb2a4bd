import { z } from 'zod';
import { fileText } from '../files/file-text.ts';
import { knownSpelling } from '../files/known-spelling.ts';
import { suggestPaths } from '../files/nearest-paths.ts';
import { isLongLine, linesOf, numberLines, numberWholeLine } from '../files/numbered-lines.ts';
import type { Workspace } from '../files/workspace.ts';
import { parseWorkspacePath } from '../files/workspace-path.ts';
import { type Answer, defineTool, type Tool, toolError, toolResult } from '../tool.ts';

/** One page: enough for most files whole, and about 10,000 tokens at most. */
const PAGE_LINES = 400;
const PAGE_CHARACTERS = 40_000;
/** Bytes; a larger file is data, and is searched rather than read. */
const READABLE_MAX = 5_000_000;

const input = z.strictObject({
  path: z.string().describe("Relative to the repository's root, such as src/index.ts"),
  from_line: z.int().min(1).nullable().describe('First line to show, counted from 1; null: the first'),
  to_line: z.int().min(1).nullable().describe('Last line to show; null: as many as fit'),
});

export const readFileTool = (workspace: Workspace): Tool =>
  defineTool({
    name: 'read_file',
    description:
      `Shows a text file, at most ${PAGE_LINES} lines at a time. Each line is shown as its number, right-aligned, a tab and the text ` +
      '("   12\\ttext"); number and tab are not part of the file. Line ends are shown as plain line feeds; when the file uses CRLF, ' +
      'has a byte-order mark or lacks a last line end, the first line of the answer says so. Very long lines are cut, unless from_line ' +
      'and to_line name just that one.',
    input,
    run: ({ path, from_line, to_line }) => readFile(workspace, path, from_line, to_line),
  });

async function readFile(workspace: Workspace, given: string, from: number | null, to: number | null): Promise<Answer> {
  const parsed = parseWorkspacePath(given);
  if (!parsed.ok) return toolError(parsed.reason);
  const files = await workspace.files();
  const path = knownSpelling(parsed.value, files);
  const file = files.get(path);
  if (!file) {
    if (isDirectory(path, files.keys())) return toolError(`${path || 'The root'} is a directory; use list_files.`);
    return toolError(`There is no file ${path}.${suggestPaths(path, files.keys())}`);
  }
  if ((file.size ?? 0) > READABLE_MAX)
    return toolError(`${file.path} has ${file.size} bytes, too many to show; use search with this path.`);
  const text = fileText(file, await workspace.read(file.path));
  return text.ok ? showPage(file.path, text.value, from, to) : toolResult(text.reason);
}

function showPage(path: string, text: string, from: number | null, to: number | null): Answer {
  const lines = linesOf(text.startsWith('\ufeff') ? text.slice(1) : text);
  if (lines.length === 0) return toolResult(`${path} is empty${text === '' ? '' : ' but for a byte-order mark'}.`);
  const first = from ?? 1;
  if (first > lines.length) return toolError(`${path} has only ${lines.length} lines; from_line ${first} is after its end.`);
  if (to !== null && to < first) return toolError(`to_line ${to} is before from_line ${first}.`);

  const only = lines[first - 1];
  if (to === first && only !== undefined && isLongLine(only)) return showLongLine(path, only, first, text);

  const shown: string[] = [];
  let room = PAGE_CHARACTERS;
  for (const line of numberLines(lines.slice(first - 1, Math.min(to ?? lines.length, first - 1 + PAGE_LINES)), first)) {
    room -= line.length + 1;
    if (room < 0 && shown.length > 0) break;
    shown.push(line);
  }
  const last = first + shown.length - 1;
  const traits = describeTraits(text);
  const header = `${path}: lines ${first}-${last} of ${lines.length}${traits ? ` (${traits})` : ''}`;
  const cutShort = last < Math.min(to ?? lines.length, lines.length);
  const footer = cutShort ? [`${lines.length - last} more lines; ask again with from_line ${last + 1}.`] : [];
  return toolResult([header, ...shown, ...footer].join('\n'));
}

/** A line of a minified or generated file, or a paragraph on one line. */
function showLongLine(path: string, line: string, number: number, text: string): Answer {
  const traits = describeTraits(text);
  const header = `${path}: line ${number} of ${linesOf(text).length}, ${line.length} characters${traits ? ` (${traits})` : ''}`;
  const rest = line.length - PAGE_CHARACTERS;
  const footer = rest > 0 ? [`${rest} more characters in this line; search shows the part around a match. ${FURTHER}`] : [];
  return toolResult([header, numberWholeLine(line, number, PAGE_CHARACTERS), ...footer].join('\n'));
}

const FURTHER = `The regex ^.{${PAGE_CHARACTERS}}\\K.{1,400} with this path finds what comes next, and so on with larger numbers (at most 65535; behind that ^(?:.{50000}){2}\\K).`;

function describeTraits(text: string): string {
  const crlf = text.split('\r\n').length - 1;
  const lf = text.split('\n').length - 1;
  return [
    crlf > 0 ? (crlf === lf ? 'CRLF line ends' : `mixed line ends, ${crlf} of ${lf} CRLF`) : '',
    text.startsWith('\ufeff') ? 'byte-order mark' : '',
    text.endsWith('\n') ? '' : 'no line end after the last line',
  ]
    .filter(Boolean)
    .join(', ');
}

function isDirectory(path: string, files: Iterable<string>): boolean {
  if (path === '') return true;
  for (const file of files) if (file.startsWith(`${path}/`)) return true;
  return false;
}
