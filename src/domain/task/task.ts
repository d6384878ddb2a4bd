import { z } from 'zod';
import type { RepositoryRef } from '../repository.ts';

/** One issue's whole journey. */
export interface TaskRef {
  readonly repository: RepositoryRef;
  readonly issue: number;
}

/** Unique per task within one GitHub server; also the partition in which a task's signals are handled one after the other. */
export const taskKey = ({ repository, issue }: TaskRef): string => `${repository.owner}/${repository.name}#${issue}`;

export type TaskState = 'planning' | 'questions' | 'review' | 'executing' | 'blocked' | 'cancelled' | 'failed' | 'done';

export const blockerSchema = z.object({
  kind: z.enum(['impossible', 'contradiction', 'missing_context', 'out_of_scope']),
  plan_clause: z.string(),
  evidence: z.string(),
  proposal: z.string(),
});
export type Blocker = z.infer<typeof blockerSchema>;

/**
 * The branch that another one is based on: its component, its pull request, and the commit of it that is contained (null when
 * unknown).
 */
export const stackSchema = z.object({ component: z.string(), pull: z.number().int(), sha: z.string().nullable() });
export type Stack = z.infer<typeof stackSchema>;

/**
 * Who requested changes, when (ISO 8601), and the notes that came with `/revise`; review comments are read when they are addressed.
 */
const changeRequestShape = { by: z.string(), at: z.string(), notes: z.string() };
export const changeRequestSchema = z.object(changeRequestShape);
export type ChangeRequest = z.infer<typeof changeRequestSchema>;

/** What an executor's attempt is for. */
export const jobSchema = z.discriminatedUnion('kind', [
  /** Builds what the plan says, from the base branch (null) or on another component's branch. */
  z.object({ kind: z.literal('build'), base: stackSchema.nullable() }),
  /** Its parent was merged: its own changes are moved onto the base branch. */
  z.object({ kind: z.literal('restack') }),
  /** A writer requested changes on its pull request. `head`: what it was when this began; missing in what an older build recorded. */
  z.object({ kind: z.literal('revise'), ...changeRequestShape, head: z.string().optional() }),
  /** These checks have failed at this head. */
  z.object({ kind: z.literal('fix'), head: z.string(), checks: z.array(z.string()) }),
  /**
   * `execution.workflow` has run at this head, and its patch is to be applied. `since`: the head that was last dealt with, from where
   * the component's own files may have changed; null: none was.
   */
  z.object({
    kind: z.literal('generate'),
    head: z.string(),
    run: z.number().int(),
    url: z.string(),
    since: z.string().nullable(),
  }),
]);
export type Job = z.infer<typeof jobSchema>;

/** Whether the job works on the open pull request as it is, and on nothing else. */
export const isFollowUp = ({ kind }: Job): boolean => kind === 'revise' || kind === 'fix' || kind === 'generate';

export const questionSchema = z.object({ question: z.string(), why: z.string() });
export type Question = z.infer<typeof questionSchema>;
