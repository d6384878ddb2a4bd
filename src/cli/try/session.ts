import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const words = z.object({ by: z.string(), at: z.string(), text: z.string() });
const blocker = z.object({
  kind: z.enum(['impossible', 'contradiction', 'missing_context', 'out_of_scope']),
  plan_clause: z.string(),
  evidence: z.string(),
  proposal: z.string(),
});

/** A finished component. `spec` and `foundation`: hashes of what it was made from. */
const built = z.object({
  branch: z.string(),
  commit: z.string(),
  from: z.string(),
  /** Every component that its branch contains. */
  contains: z.array(z.string()),
  spec: z.string(),
  foundation: z.string(),
  summary: z.string(),
});
export type Built = z.infer<typeof built>;

/** What a try has to remember between two processes, apart from the engine's records. */
const sessionSchema = z.object({
  version: z.literal(1),
  number: z.number().int(),
  title: z.string(),
  body: z.string(),
  /** The repository's folder and the commit at its HEAD when the try began; `branch` null: detached. */
  path: z.string(),
  head: z.string(),
  branch: z.string().nullable(),
  models: z.object({ planner: z.string(), executor: z.string() }),
  /** Null: as the settings say. */
  maxUsd: z.number().nullable(),
  /** What is being planned, or was planned last. `round` counts conversations, `revision` plans. */
  planning: z.object({
    round: z.number().int(),
    revision: z.number().int(),
    attempt: z.number().int(),
    notes: words.nullable(),
    former: z.string().nullable(),
    blockers: z.array(z.object({ component: z.string(), blocker })),
  }),
  /** What the person has said in earlier rounds. */
  comments: z.array(words),
  /** The round whose plan is in PLAN.md. */
  written: z.number().int().nullable(),
  /** How many questions were asked, and the last one while it has no answer yet. */
  questions: z.number().int(),
  asking: z.string().nullable(),
  /** The text that was approved. */
  approved: z.string().nullable(),
  built: z.record(z.string(), built),
  /** How often the work of a component was begun again from the start, by the plan's blob and the component's id. */
  attempts: z.record(z.string(), z.number().int()),
  /** 2 for a component whose first branch belongs to an earlier revision. */
  generations: z.record(z.string(), z.number().int()),
  /** The ids of failed work, which the next process tries again. */
  failed: z.array(z.string()),
  finished: z.boolean(),
});
export type Session = z.infer<typeof sessionSchema>;

const FILE = 'session.json';

export type NewSession = Pick<Session, 'number' | 'title' | 'body' | 'path' | 'head' | 'branch' | 'models' | 'maxUsd'>;

export const newSession = (facts: NewSession): Session => ({
  version: 1,
  ...facts,
  planning: { round: 1, revision: 1, attempt: 1, notes: null, former: null, blockers: [] },
  comments: [],
  written: null,
  questions: 0,
  asking: null,
  approved: null,
  built: {},
  attempts: {},
  generations: {},
  failed: [],
  finished: false,
});

/** Null: there is no session, or this version cannot read it. */
export function loadSession(folder: string): Session | null {
  try {
    const parsed = sessionSchema.safeParse(JSON.parse(readFileSync(join(folder, FILE), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Written atomically, because a process may be killed at any moment. */
export function saveSession(folder: string, session: Session): void {
  const file = join(folder, FILE);
  writeFileSync(`${file}.new`, `${JSON.stringify(session, null, 1)}\n`, { flush: true });
  renameSync(`${file}.new`, file);
}
