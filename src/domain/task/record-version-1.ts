import { z } from 'zod';
import { spendSchema } from '../model/spend.ts';
import { type ComponentRecord, type ComponentStatus, newComponent, withStatus } from './component-record.ts';
import { blockerSchema, changeRequestSchema, type Job, questionSchema, type Stack } from './task.ts';
import { STANDARD_BRANCHES } from './task-branches.ts';
import type { TaskRecord } from './task-record.ts';

/**
 * The record as builds before version 2 wrote it. Records live in GitHub comments, so a task that such a build left half way is
 * read with this and continues. Empty strings meant "unknown" here.
 */
const stackSchema = z.object({ on: z.string(), pull: z.number().int(), sha: z.string() });

const jobSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('build'), on: stackSchema.nullable() }),
  z.object({ kind: z.literal('restack') }),
  changeRequestSchema.extend({ kind: z.literal('revise') }),
  z.object({ kind: z.literal('fix'), head: z.string(), checks: z.array(z.string()).default([]) }),
]);

const componentSchema = z.object({
  state: z.enum(['waiting', 'running', 'open', 'blocked', 'failed', 'held', 'dropped', 'merged']),
  attempt: z.number().int(),
  generation: z.number().int(),
  spec: z.string(),
  blob: z.string(),
  foundation: z.string().default(''),
  built: z.string().default(''),
  job: jobSchema.default({ kind: 'build', on: null }),
  stack: stackSchema.nullable().default(null),
  pull: z.number().int().nullable(),
  asked: changeRequestSchema.nullable().default(null),
  heard: z.array(z.number()).default([]),
  fixed: z.array(z.string()).default([]),
  tried: z.array(z.string()).default([]),
  ready: z.string().nullable().default(null),
  given_up: z.string().nullable().default(null),
  head: z.object({ sha: z.string(), seen: z.string() }).nullable().default(null),
  waits_for: z.string().nullable().default(null),
  beside: z.boolean().default(false),
  reason: z.string().nullable(),
  blocker: blockerSchema.nullable(),
  left_out: z.boolean().default(false),
  held_by: z.string().nullable(),
  spend: z.array(spendSchema),
  billed: z.number().int().default(0),
});
type Component = z.infer<typeof componentSchema>;

const recordSchema = z.object({
  version: z.literal(1),
  trigger: z.object({ by: z.string(), at: z.string(), digest: z.string() }),
  cancelled: z.boolean(),
  planning: z.object({
    phase: z.enum(['running', 'questions', 'ready', 'failed']),
    revision: z.number().int(),
    generation: z.number().int(),
    attempt: z.number().int(),
    cause: z.enum(['issue', 'replan', 'blocker']),
    answers: z.array(z.string()),
    posted_at: z.string().nullable(),
    reason: z.string().nullable(),
    questions: z.array(questionSchema),
    spend: z.array(spendSchema),
  }),
  plan_pull: z.number().int().nullable(),
  closed_plan: z.number().int().nullable().default(null),
  approvals: z.array(z.object({ by: z.string(), blob: z.string(), at: z.string() })),
  stale: z.object({ files: z.array(z.string()), accepted: z.boolean() }).nullable(),
  ended: z.boolean().default(false),
  obeyed: z.array(z.string()).default([]),
  review: z.enum(['none', 'running', 'done']),
  components: z.record(z.string(), componentSchema),
});

/** Null when it is not such a record. */
export function readVersion1(json: unknown): TaskRecord | null {
  const parsed = recordSchema.safeParse(json);
  if (!parsed.success) return null;
  const { trigger, planning, plan_pull, closed_plan, components, ...same } = parsed.data;
  const { posted_at, ...plan } = planning;
  return {
    ...same,
    version: 2,
    branches: STANDARD_BRANCHES,
    baseIsGone: false,
    approvals: same.approvals.map((approval) => ({ ...approval, node: null })),
    lastApproved: null,
    reviewSkipped: false,
    undecidedPlan: null,
    spendByDay: {},
    trigger: { ...trigger, digest: trigger.digest || null },
    planning: { ...plan, posted: posted_at === null ? null : { at: posted_at, blob: null } },
    planPull: plan_pull,
    closedPlan: closed_plan,
    restored: trigger.digest === '',
    components: Object.fromEntries(Object.entries(components).map(([id, c]) => [id, componentOf(c)])),
  };
}

const componentOf = (c: Component): ComponentRecord =>
  withStatus(newComponent(), statusOf(c), {
    attempt: c.attempt,
    generation: c.generation,
    goal: c.spec === '' || c.blob === '' ? null : { spec: c.spec, blob: c.blob, foundation: c.foundation || null },
    job: jobOf(c.job),
    built: c.built === '' ? null : { spec: c.built, blob: c.built === c.spec ? c.blob || null : null },
    stack: c.stack && stackOf(c.stack),
    pull: c.pull,
    review: { requested: c.asked, addressed: c.heard },
    ci: {
      head: c.head && { sha: c.head.sha, seenAt: c.head.seen },
      attemptedHeads: c.fixed,
      outcomes: c.tried,
      readyAt: c.ready,
      abandonedAt: c.given_up,
    },
    startDespiteConflict: c.beside,
    spend: c.spend,
    billedAttempt: c.billed,
  });

const stackOf = ({ on, pull, sha }: z.infer<typeof stackSchema>): Stack => ({ component: on, pull, sha: sha || null });

const jobOf = (job: Component['job']): Job => (job.kind === 'build' ? { kind: 'build', base: job.on && stackOf(job.on) } : job);

function statusOf({ state, reason, blocker, waits_for, held_by, left_out }: Component): ComponentStatus {
  const why = reason ?? 'The reason is not known.';
  switch (state) {
    case 'waiting':
      return { state, conflict: waits_for === null ? null : { with: waits_for, reason: why } };
    case 'running':
    case 'merged':
      return { state };
    case 'open':
      return { state, note: reason };
    case 'blocked':
      return blocker === null ? { state: 'failed', reason: why } : { state, blocker };
    case 'failed':
      return { state, reason: why };
    case 'held':
      return { state, reason: why, heldBy: held_by };
    case 'dropped':
      return { state, reason: why, removedByPlan: left_out };
  }
}
