import { z } from 'zod';
import { spendSchema } from '../model/spend.ts';
import { blockerSchema, changeRequestSchema, jobSchema, stackSchema } from './task.ts';

/** The fields of a component's record in every state. */
const core = {
  /** Counts the executor's loops for this component; part of the workflow's id. */
  attempt: z.number().int(),
  /** 1 for `planwright/issue-N/ID`, 2 for `.2`, after a merged or closed pull request. */
  generation: z.number().int(),
  /**
   * What the latest attempt works from: the spec's hash, the plan's blob, and a hash of the specs of everything it depends on
   * (null: unknown). Null before the first attempt, and where the next attempt must not continue the last one.
   */
  goal: z.object({ spec: z.string(), blob: z.string(), foundation: z.string().nullable() }).nullable(),
  job: jobSchema,
  /** What its pull request carries; null before there is one. */
  built: z.object({ spec: z.string(), blob: z.string().nullable() }).nullable(),
  /** What its branch is based on; null: the base branch. */
  stack: stackSchema.nullable(),
  pull: z.number().int().nullable(),
  review: z.object({
    /** Changes that were requested and that no attempt has begun with. */
    requested: changeRequestSchema.nullable(),
    /** Ids of reviews whose text was addressed, oldest first. */
    addressed: z.array(z.number()),
  }),
  ci: z.object({
    /** Its pull request's head and when that was first seen, ISO 8601: checks may take a moment to appear. */
    head: z.object({ sha: z.string(), seenAt: z.string() }).nullable(),
    /** Heads whose failing checks were worked on, oldest first. */
    attemptedHeads: z.array(z.string()),
    /** The result of each of these attempts, in the executor's words or the reason it stopped, shortened. */
    outcomes: z.array(z.string()),
    /** The head at which its pull request was last made ready for people; null while it never was. */
    readyAt: z.string().nullable(),
    /** The head whose failing checks were left to people; null while none are. */
    abandonedAt: z.string().nullable(),
  }),
  /** What `execution.workflow` generates for it; missing in records from before there was such a setting. */
  generated: z
    .object({
      /** Heads whose patch was dealt with, and heads that have it, oldest first. */
      appliedAt: z.array(z.string()),
      /** The head for which there was no patch so far: it is no longer waited for, and applied if it comes after all. */
      missingAt: z.string().nullable(),
    })
    .default({ appliedAt: [], missingAt: null }),
  /** A person with write access started it although another task's component is changing the same files. */
  startDespiteConflict: z.boolean(),
  /** All attempts together, one entry a model. */
  spend: z.array(spendSchema),
  /** The latest attempt that is in `spend`: a pull request may be merged before the attempt that opened it has ended. */
  billedAttempt: z.number().int(),
};

/** `reason` and `note` are for people. */
export const componentRecordSchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('waiting'),
    ...core,
    /** Another task's component that changes the same file, as `ISSUE/ID`. */
    conflict: z.object({ with: z.string(), reason: z.string() }).nullable(),
  }),
  z.object({ state: z.literal('running'), ...core }),
  z.object({ state: z.literal('open'), ...core, note: z.string().nullable() }),
  z.object({ state: z.literal('blocked'), ...core, blocker: blockerSchema }),
  z.object({ state: z.literal('failed'), ...core, reason: z.string() }),
  z.object({
    state: z.literal('held'),
    ...core,
    reason: z.string(),
    /** The dropped component it depends on; null when it waits for a person to name it. */
    heldBy: z.string().nullable(),
  }),
  z.object({
    state: z.literal('dropped'),
    ...core,
    reason: z.string(),
    /** The plan no longer had it, as opposed to a person having closed its pull request. */
    removedByPlan: z.boolean(),
  }),
  z.object({ state: z.literal('merged'), ...core }),
]);
export type ComponentRecord = z.infer<typeof componentRecordSchema>;
export type ComponentState = ComponentRecord['state'];

type Core = Pick<ComponentRecord, keyof typeof core>;
type StatusOf<R> = R extends unknown ? Omit<R, keyof typeof core> : never;
/** A state together with the fields that only that state has. */
export type ComponentStatus = StatusOf<ComponentRecord>;

/** The component in another state: the fields that only the former state had are gone. */
export function withStatus(component: ComponentRecord, status: ComponentStatus, changes: Partial<Core> = {}): ComponentRecord {
  const kept = Object.keys(core).map((key) => [key, component[key as keyof Core]]);
  return { ...(Object.fromEntries(kept) as Core), ...changes, ...status };
}

/** A component that no work has been done on. */
export const newComponent = (): ComponentRecord => ({
  state: 'waiting',
  conflict: null,
  attempt: 0,
  generation: 1,
  goal: null,
  job: { kind: 'build', base: null },
  built: null,
  stack: null,
  pull: null,
  review: { requested: null, addressed: [] },
  ci: NO_CI,
  generated: NOTHING_GENERATED,
  startDespiteConflict: false,
  spend: [],
  billedAttempt: 0,
});

/** The state of a pull request's checks before any were observed. */
export const NO_CI: ComponentRecord['ci'] = { head: null, attemptedHeads: [], outcomes: [], readyAt: null, abandonedAt: null };

/** Why it is in its state, for people; null where the state says it all. */
export function reasonOf(component: ComponentRecord): string | null {
  switch (component.state) {
    case 'waiting':
      return component.conflict?.reason ?? null;
    case 'open':
      return component.note;
    case 'blocked':
      return component.blocker.evidence;
    case 'failed':
    case 'held':
    case 'dropped':
      return component.reason;
    case 'running':
    case 'merged':
      return null;
  }
}

/** Its pull request carries what the latest attempt works from. */
export const isBuilt = ({ built, goal }: Pick<ComponentRecord, 'built' | 'goal'>): boolean =>
  built !== null && built.spec === goal?.spec;

export const NOTHING_GENERATED: ComponentRecord['generated'] = { appliedAt: [], missingAt: null };

/** More heads than an observation may still show after a push. */
const HEADS_KEPT = 5;

/** Records that the patches for these heads were dealt with. */
export const withApplied = (
  { appliedAt, missingAt }: ComponentRecord['generated'],
  heads: readonly string[],
): ComponentRecord['generated'] => ({
  missingAt,
  appliedAt: [...appliedAt.filter((head) => !heads.includes(head)), ...heads].slice(-HEADS_KEPT),
});
