import { z } from 'zod';
import { BRANCH, BRANCH_MAX, BRANCH_PREFIX, BRANCH_PREFIX_MAX } from '../../text/git-ref.ts';
import { DEFAULT_PREFIX } from './branch-name.ts';

/** What a task calls its branches, and which branch its work is for. It keeps what it began with while the settings change. */
export const taskBranchesSchema = z.object({
  /** What the names of its branches begin with. */
  prefix: z.string().max(BRANCH_PREFIX_MAX).regex(BRANCH_PREFIX),
  /** Null: the default branch, whatever it is called. */
  base: z.string().max(BRANCH_MAX).regex(BRANCH).nullable(),
});
export type TaskBranches = z.infer<typeof taskBranchesSchema>;

/** What every task has whose repository says nothing else, and what tasks had before there were settings for it. */
export const STANDARD_BRANCHES: TaskBranches = { prefix: DEFAULT_PREFIX, base: null };
