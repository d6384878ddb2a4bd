import type { Nodes } from 'mdast';
import type { PlanPath } from '../domain/plan/plan-finding.ts';
import { span } from '../text/parse-markdown.ts';

/** What in PLAN.md cannot be read back, or is wrong with what was read. */
export interface PlanFileFinding {
  /** 1-based. */
  readonly line: number;
  /** What is wrong and what to write instead. */
  readonly message: string;
}

/** One pass over one PLAN.md: its text, and what has been found so far. */
export interface Reading {
  /** With `\n` line ends and no byte-order mark; node positions count in it. */
  readonly source: string;
  readonly findings: PlanFileFinding[];
  /** The line of each part of the plan, by its place written with slashes. */
  readonly lines: Map<string, number>;
}

export const startReading = (text: string): Reading => ({
  source: text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'),
  findings: [],
  lines: new Map(),
});

export function complain(reading: Reading, at: Nodes | number, message: string): void {
  reading.findings.push({ line: typeof at === 'number' ? at : lineOf(at), message });
}

export const note = (reading: Reading, place: PlanPath, line: number): void => {
  reading.lines.set(place.join('/'), line);
};

/** The line of a place, or of the nearest thing around it that the file has. */
export function lineAt(lines: ReadonlyMap<string, number>, place: PlanPath): number {
  for (let length = place.length; length > 0; length--) {
    const line = lines.get(place.slice(0, length).join('/'));
    if (line !== undefined) return line;
  }
  return 1;
}

export const lineOf = (node: Nodes): number => node.position?.start.line ?? 1;

export function sourceOf(reading: Reading, node: Nodes): string {
  const { start, end } = span(node);
  return reading.source.slice(start, end);
}
