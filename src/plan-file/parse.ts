import { failure, type Outcome, success } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { readPlan } from '../domain/plan/plan-finding.ts';
import type { PlanMeta } from './header.ts';
import { readDraft } from './read.ts';
import { lineAt, type PlanFileFinding } from './reading.ts';

export type { PlanFileFinding };

interface PlanFile {
  readonly plan: Plan;
  readonly meta: PlanMeta;
}

export type ParsedPlanFile = Outcome<PlanFile, readonly PlanFileFinding[]>;

/**
 * Reads PLAN.md back, as the bot or people wrote it. Findings are in the order of their lines, one at least. For an untrusted text
 * this may take seconds: use `loadPlanFile`.
 */
export const parsePlanFile = (text: string): ParsedPlanFile => parseWithLines(text).parsed;

/** The same, and the line of each part of the plan. */
export function parseWithLines(text: string): { readonly parsed: ParsedPlanFile; readonly lines: ReadonlyMap<string, number> } {
  const { reading, plan, meta } = readDraft(text);
  const { lines } = reading;
  // Parts that could not be read are missing from the plan, and complaints about missing parts would only hide the cause.
  if (reading.findings.length > 0 || !meta) return { parsed: failure([...reading.findings].sort(byLine)), lines };
  const read = readPlan(plan);
  if (read.ok) return { parsed: success({ plan: read.value, meta }), lines };
  const findings = read.reason.map(({ at, message }) => ({ line: lineAt(lines, at), message }));
  return { parsed: failure(findings.sort(byLine)), lines };
}

const byLine = (a: PlanFileFinding, b: PlanFileFinding): number => a.line - b.line;
