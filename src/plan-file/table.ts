import type { RootContent, Table } from 'mdast';
import { readLine, renderLine } from './line.ts';
import { complain, lineOf, type Reading, sourceOf } from './reading.ts';

export interface Row {
  readonly line: number;
  /** In the order of the requested columns. */
  readonly cells: readonly string[];
}

/** Cells are Markdown already (`renderCell`, `renderReference`). */
export function renderTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [columns, ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [lines[0], `|${'---|'.repeat(columns.length)}`, ...lines.slice(1)].join('\n');
}

// A pipe ends a cell even inside a code span. n backslashes before it become 2n + 1, so that they are counted back.
export const renderCell = (text: string): string =>
  renderLine(text).replace(/(?<!\\)(\\*)\|/g, (_, slashes: string) => `${slashes}${slashes}\\|`);

export const readCell = (source: string): string =>
  readLine(source.replace(/(?<!\\)(\\+)\|/g, (_, slashes: string) => `${'\\'.repeat((slashes.length - 1) / 2)}|`));

/** The rows of the one table among `nodes`, its columns in any order; complains about anything else. */
export function readTable(reading: Reading, nodes: readonly RootContent[], columns: readonly string[]): Row[] {
  const shape = `| ${columns.join(' | ')} |`;
  const rows: Row[] = [];
  for (const node of nodes) {
    if (node.type === 'table') rows.push(...readRows(reading, node, columns, shape));
    else
      complain(
        reading,
        node,
        `Only a table can be read here. Begin it with the lines "${shape}" and "|${'---|'.repeat(columns.length)}".`,
      );
  }
  return rows;
}

function readRows(reading: Reading, table: Table, columns: readonly string[], shape: string): Row[] {
  const [header, ...rows] = table.children.map((row) => ({ line: lineOf(row), cells: splitRow(sourceOf(reading, row)) }));
  const names = header?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const places = columns.map((column) => names.indexOf(column.toLowerCase()));
  if (names.length !== columns.length || places.includes(-1)) {
    complain(reading, table, `The table's columns must be "${shape}".`);
    return [];
  }
  return rows.flatMap(({ line, cells }) => {
    if (cells.length === columns.length) return [{ line, cells: places.map((place) => cells[place] as string) }];
    complain(
      reading,
      line,
      `This row has ${cells.length} cells instead of ${columns.length}: "${shape}". Write a pipe inside a cell as \\|.`,
    );
    return [];
  });
}

function splitRow(source: string): string[] {
  const row = source.trim();
  const cells: string[] = [];
  let from = 0;
  for (const match of row.matchAll(/\\[\s\S]|\|/g)) {
    if (match[0] !== '|') continue;
    cells.push(row.slice(from, match.index));
    from = match.index + 1;
  }
  cells.push(row.slice(from));
  // The outer pipes are optional; with them the first and the last cell are the empty text outside.
  if (cells.length > 1 && cells[0]?.trim() === '') cells.shift();
  if (cells.length > 1 && cells.at(-1)?.trim() === '') cells.pop();
  return cells;
}
