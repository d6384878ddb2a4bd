import type { PlanFinding } from '../domain/plan/plan-finding.ts';
import { readDraft } from './read.ts';
import { lineAt, type PlanFileFinding } from './reading.ts';

/** Findings about a plan, as findings about lines of the PLAN.md it was read from, in the order of the lines. */
export function locateFindings(text: string, findings: readonly PlanFinding[]): PlanFileFinding[] {
  const { lines } = readDraft(text).reading;
  return findings.map(({ at, message }) => ({ line: lineAt(lines, at), message })).sort((a, b) => a.line - b.line);
}
