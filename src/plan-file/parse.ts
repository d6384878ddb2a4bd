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

type Parsed = Outcome<PlanFile, readonly PlanFileFinding[]>;

/**
 * What was read lately, by its text, the latest last. Twelve components take 60 ms, in which nothing else happens, and everything that is
 * done for a component begins with reading the same plan again.
 */
const lately = new Map<string, Parsed>();
const KEPT = 16;

/** Reads PLAN.md back, as the bot or people wrote it. Findings are in the order of their lines, one at least. */
export function parsePlanFile(text: string): Parsed {
  const parsed = lately.get(text) ?? parse(text);
  lately.delete(text);
  lately.set(text, parsed);
  for (const oldest of lately.keys()) {
    if (lately.size <= KEPT) break;
    lately.delete(oldest);
  }
  return parsed;
}

function parse(text: string): Parsed {
  const { reading, plan, meta } = readDraft(text);
  // What could not be read leaves holes, and complaints about the holes would only hide the cause.
  if (reading.findings.length > 0 || !meta) return failure([...reading.findings].sort((a, b) => a.line - b.line));
  const read = readPlan(plan);
  if (read.ok) return success({ plan: read.value, meta });
  const findings = read.reason.map(({ at, message }) => ({ line: lineAt(reading.lines, at), message }));
  return failure(findings.sort((a, b) => a.line - b.line));
}
