import { failure } from '../domain/outcome.ts';
import type { PlanFinding } from '../domain/plan/plan-finding.ts';
import { threadFor } from '../text/in-thread.ts';
import { parseCost } from '../text/parse-cost.ts';
import { type ParsedPlanFile, parseWithLines } from './parse.ts';
import { PARSE_WORKER } from './parse-worker.ts';
import { lineAt, type PlanFileFinding } from './reading.ts';

type Loaded = ReturnType<typeof parseWithLines>;

/** Texts that take less time are parsed in this thread: they delay GitHub's deliveries no more than other work does. */
const INLINE_MS = 30;
/** A text that costs more is refused unread: no one writes it by accident. */
const QUADRATIC_MAX_MS = 2_000;
const CHARACTERS_MAX = 500_000;
const inThread = threadFor<string, Loaded>({ module: PARSE_WORKER, deadlineMs: 30_000 });

/** Recently read plans by their text, the latest last: all work for a component begins with reading the same plan again. */
const recent = new Map<string, Promise<Loaded>>();
const KEPT = 16;

/**
 * Reads a PLAN.md, which anyone who can push to its branch may have written. A long one is parsed in a thread of its own, which is
 * stopped after a while.
 */
export const loadPlanFile = async (text: string): Promise<ParsedPlanFile> => (await load(text)).parsed;

/** Findings about a plan, as findings about lines of the PLAN.md it was read from, in the order of the lines. */
export async function locateFindings(text: string, findings: readonly PlanFinding[]): Promise<PlanFileFinding[]> {
  const { lines } = await load(text);
  return findings.map(({ at, message }) => ({ line: lineAt(lines, at), message })).sort((a, b) => a.line - b.line);
}

function load(text: string): Promise<Loaded> {
  const loading = recent.get(text) ?? read(text);
  recent.delete(text);
  recent.set(text, loading);
  for (const oldest of recent.keys()) {
    if (recent.size <= KEPT) break;
    recent.delete(oldest);
  }
  return loading;
}

async function read(text: string): Promise<Loaded> {
  if (text.length > CHARACTERS_MAX) return refused(`The file has more than ${CHARACTERS_MAX} characters.`);
  const { linear, quadratic } = parseCost(text);
  if (quadratic > QUADRATIC_MAX_MS)
    return refused('There are too many emphasis signs or brackets in one paragraph. Put them into a code fence.');
  if (linear + quadratic <= INLINE_MS) return parseWithLines(text);
  return (
    (await inThread(text)) ??
    refused('It takes too long to read this file. Make it shorter, with fewer emphasis signs, brackets and tables.')
  );
}

const refused = (message: string): Loaded => ({ parsed: failure([{ line: 1, message }]), lines: new Map() });
