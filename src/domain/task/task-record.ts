import { z } from 'zod';
import { spendSchema } from '../model/spend.ts';
import { componentRecordSchema } from './component-record.ts';
import { questionSchema } from './task.ts';
import { STANDARD_BRANCHES, type TaskBranches, taskBranchesSchema } from './task-branches.ts';

/**
 * What GitHub itself cannot express about a task. It lives in one hidden marker inside the App's own status comment, and nowhere
 * else: everything here must survive the loss of the database.
 */
export const taskRecordSchema = z.object({
  version: z.literal(2),
  /** Who started it, when (ISO 8601), and the digest of the title and body at that moment; null when that is unknown. */
  trigger: z.object({ by: z.string(), at: z.string(), digest: z.string().nullable() }),
  /**
   * Pointers, which prove nothing on their own: the prefix counts if the settings name it or a pull request of this App has it, and
   * the base of an approved plan is what its text says.
   */
  branches: taskBranchesSchema.default(STANDARD_BRANCHES).catch(STANDARD_BRANCHES),
  /** The branch it is for was deleted, and people were told. */
  baseIsGone: z.boolean().default(false),
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
    /**
     * When the last revision was posted, ISO 8601, and the blob of its PLAN.md (null: unknown). Reviews since then are what the
     * next one answers.
     */
    posted: z.object({ at: z.string(), blob: z.string().nullable() }).nullable(),
    reason: z.string().nullable(),
    questions: z.array(questionSchema),
    /** All revisions and answers together, one entry a model. */
    spend: z.array(spendSchema),
  }),
  planPull: z.number().int().nullable(),
  /** The plan's pull request that was closed without being merged, once people were asked how to continue. */
  closedPlan: z.number().int().nullable(),
  /** The same of one that was closed by nobody who could decide about it: people were told that its approvals stay. */
  undecidedPlan: z.number().int().nullable().default(null),
  /**
   * Where `/execute` approved a blob. These are pointers, which prove nothing on their own, because anyone with write access can
   * edit this record. `node` is the comment's GraphQL id; null in what an older build wrote, which can no longer be proven.
   * Approvals by review or merge are read from the pull request.
   */
  approvals: z.array(z.object({ by: z.string(), blob: z.string(), at: z.string(), node: z.string().nullable().default(null) })),
  /**
   * The last PLAN.md that was approved, and in which pull request. A blocker's revision keeps the approval of what it does not
   * change; a person's edit and /replan void it.
   */
  lastApproved: z.object({ blob: z.string(), pull: z.number().int() }).nullable().default(null),
  /**
   * Files the plan changes that have changed on the base branch since it was made; `accepted` once a writer continues knowingly.
   */
  stale: z.object({ files: z.array(z.string()), accepted: z.boolean() }).nullable(),
  /** The issue was closed after everything was merged; a person who reopens it then does so deliberately. */
  ended: z.boolean(),
  /** The status comment was lost: there may be pull requests of components that the record does not name. */
  restored: z.boolean(),
  /** Comments and reviews whose command is in this record: a signal that is delivered twice is not executed twice. */
  obeyed: z.array(z.string()),
  /** The final review, when everything is merged. */
  review: z.enum(['none', 'running', 'done']),
  /**
   * It is `done` without having been made: people had dropped components, and were told what is left. If they bring these back, the whole
   * is reviewed after all. Until then it is not `none`, which would make a close of the plan a withdrawal.
   */
  reviewSkipped: z.boolean().default(false),
  /** US dollars by day (UTC), for the limits beyond the task, should the database be lost. */
  spendByDay: z.record(z.string(), z.number()).default({}),
  components: z.record(z.string(), componentRecordSchema),
});
export type TaskRecord = z.infer<typeof taskRecordSchema>;

/** A task that is being planned for the first time, and of which nothing else is known. */
export const newTaskRecord = (
  trigger: TaskRecord['trigger'],
  cause: TaskRecord['planning']['cause'] = 'issue',
  branches: TaskBranches = STANDARD_BRANCHES,
): TaskRecord => ({
  version: 2,
  trigger,
  branches,
  baseIsGone: false,
  cancelled: false,
  planning: {
    phase: 'running',
    revision: 1,
    generation: 1,
    attempt: 1,
    cause,
    answers: [],
    posted: null,
    reason: null,
    questions: [],
    spend: [],
  },
  planPull: null,
  closedPlan: null,
  undecidedPlan: null,
  approvals: [],
  lastApproved: null,
  stale: null,
  ended: false,
  restored: false,
  obeyed: [],
  review: 'none',
  reviewSkipped: false,
  spendByDay: {},
  components: {},
});
