import { z } from 'zod';
import { spendSchema } from '../model/spend.ts';
import type { RepositoryRef } from '../repository.ts';

/** One issue's whole journey. */
export interface TaskRef {
  readonly repository: RepositoryRef;
  readonly issue: number;
}

/** Unique per task within one GitHub server; also the partition in which a task's signals are handled one after the other. */
export const taskKey = ({ repository, issue }: TaskRef): string => `${repository.owner}/${repository.name}#${issue}`;

export type TaskState = 'planning' | 'questions' | 'review' | 'executing' | 'blocked' | 'cancelled' | 'failed' | 'done';

const COMPONENT_STATES = ['waiting', 'running', 'open', 'blocked', 'failed', 'held', 'dropped', 'merged'] as const;
export type ComponentState = (typeof COMPONENT_STATES)[number];

const blockerSchema = z.object({
  kind: z.enum(['impossible', 'contradiction', 'missing_context', 'out_of_scope']),
  plan_clause: z.string(),
  evidence: z.string(),
  proposal: z.string(),
});
export type Blocker = z.infer<typeof blockerSchema>;

/** The branch another one was built on: whose, in which pull request, and the commit of it that is contained. */
const stackSchema = z.object({ on: z.string(), pull: z.number().int(), sha: z.string() });
export type Stack = z.infer<typeof stackSchema>;

/** Who asked for changes, when (ISO 8601), and what came with `/revise`; what else there is to address is read when it is addressed. */
const askedShape = { by: z.string(), at: z.string(), notes: z.string() };
const askedSchema = z.object(askedShape);
export type Asked = z.infer<typeof askedSchema>;

/** What an executor's attempt is for. */
const jobSchema = z.discriminatedUnion('kind', [
  /** As the plan says, from the base branch or on another component's. */
  z.object({ kind: z.literal('build'), on: stackSchema.nullable() }),
  /** Its parent was merged: its own changes are put on the base branch. */
  z.object({ kind: z.literal('restack') }),
  /** A writer asked for changes on its pull request. */
  z.object({ kind: z.literal('revise'), ...askedShape }),
  /** These checks have failed at this head. */
  z.object({ kind: z.literal('fix'), head: z.string(), checks: z.array(z.string()).default([]) }),
]);
export type Job = z.infer<typeof jobSchema>;

/** Works on a pull request that is there, as it stands, and on nothing else. */
export const isFollowUp = ({ kind }: Job): boolean => kind === 'revise' || kind === 'fix';

const componentRecordSchema = z.object({
  state: z.enum(COMPONENT_STATES),
  /** Counts the executor's loops for this component; part of the workflow's id. */
  attempt: z.number().int(),
  /** 1 for `planwright/issue-N/ID`, 2 for `.2`, after a merged or closed pull request. */
  generation: z.number().int(),
  /** Spec hash and plan blob the current attempt works from. */
  spec: z.string(),
  blob: z.string(),
  /** What the specs of all it depends on came to when the attempt began: another foundation, another attempt. Empty: not known. */
  foundation: z.string().default(''),
  /** The spec its pull request carries; empty before there is one. */
  built: z.string().default(''),
  job: jobSchema.default({ kind: 'build', on: null }),
  /** What its branch stands on; null: the base branch. */
  stack: stackSchema.nullable().default(null),
  pull: z.number().int().nullable(),
  /** Changes asked for and not begun with. */
  asked: askedSchema.nullable().default(null),
  /** Ids of reviews whose text was addressed, oldest first. */
  heard: z.array(z.number()).default([]),
  /** Heads whose failing checks were worked on, oldest first. */
  fixed: z.array(z.string()).default([]),
  /** What came of each of these attempts, in the executor's words or the reason it stopped, shortened. */
  tried: z.array(z.string()).default([]),
  /** The head at which its pull request was last handed over to people; null while it never was. */
  ready: z.string().nullable().default(null),
  /** The head whose failing checks were left to people; null while none are. */
  given_up: z.string().nullable().default(null),
  /** Its pull request's head and when that was first seen, ISO 8601: checks may take a moment to appear. */
  head: z.object({ sha: z.string(), seen: z.string() }).nullable().default(null),
  /** While it waits for another task's component that changes the same file: `ISSUE/ID` of that. */
  waits_for: z.string().nullable().default(null),
  /** A writer had it start beside such a one. */
  beside: z.boolean().default(false),
  /** Why it is blocked, failed, held or waiting, for people. */
  reason: z.string().nullable(),
  blocker: blockerSchema.nullable(),
  /** Dropped because the plan no longer had it, not because a person closed its pull request. */
  left_out: z.boolean().default(false),
  /** While held: the dropped component it depends on; null when a person left it out of `/execute ID`. */
  held_by: z.string().nullable(),
  /** All attempts together, one entry a model. */
  spend: z.array(spendSchema),
  /** The latest attempt that is in `spend`: a pull request may be merged before the attempt that opened it has ended. */
  billed: z.number().int().default(0),
});
export type ComponentRecord = z.infer<typeof componentRecordSchema>;

export const questionSchema = z.object({ question: z.string(), why: z.string() });
export type Question = z.infer<typeof questionSchema>;

/**
 * What GitHub itself cannot express about a task. It lives in one hidden marker inside the App's own status comment, and nowhere
 * else: everything here must survive the loss of the database.
 */
export const taskRecordSchema = z.object({
  version: z.literal(1),
  /** Who started it, when (ISO 8601), and the digest of the issue's title and body at that moment. */
  trigger: z.object({ by: z.string(), at: z.string(), digest: z.string() }),
  cancelled: z.boolean(),
  planning: z.object({
    phase: z.enum(['running', 'questions', 'ready', 'failed']),
    revision: z.number().int(),
    generation: z.number().int(),
    attempt: z.number().int(),
    /** What this revision answers: the issue itself, a person's /replan, or a blocker. */
    cause: z.enum(['issue', 'replan', 'blocker']),
    /** The blockers this revision was made from, as `component:attempt`. */
    answers: z.array(z.string()),
    /** When the last revision was posted, ISO 8601: reviews since then are what the next one answers. */
    posted_at: z.string().nullable(),
    reason: z.string().nullable(),
    questions: z.array(questionSchema),
    /** All revisions and answers together, one entry a model. */
    spend: z.array(spendSchema),
  }),
  plan_pull: z.number().int().nullable(),
  /** The plan's pull request that was closed without being merged, once people were asked what that means. */
  closed_plan: z.number().int().nullable().default(null),
  /** Approvals by `/execute`; those by review or merge are read from the pull request. */
  approvals: z.array(z.object({ by: z.string(), blob: z.string(), at: z.string() })),
  /**
   * Spec hashes by component id, as last approved. A blocker's revision keeps the approval of what it does not change; a person's
   * edit and /replan void it.
   */
  approved: z.record(z.string(), z.string()),
  /** Files the plan changes that have changed on the base branch since it was made; `accepted` once a writer goes on knowingly. */
  stale: z.object({ files: z.array(z.string()), accepted: z.boolean() }).nullable(),
  /** The issue was closed after everything was merged; whoever reopens it then means it. */
  ended: z.boolean().default(false),
  /** Comments and reviews whose command is in this record: a signal that comes back, because GitHub was out, is not obeyed twice. */
  obeyed: z.array(z.string()).default([]),
  /** The review of the whole, when everything is merged. */
  review: z.enum(['none', 'running', 'done']),
  components: z.record(z.string(), componentRecordSchema),
});
export type TaskRecord = z.infer<typeof taskRecordSchema>;
