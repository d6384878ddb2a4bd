import { ForgeError } from '../../ports/forge/forge-error.ts';
import { branchRefusedOnBase, refusalSentence } from '../../replies/phrases/refusals.ts';

export const WORKFLOWS_DIFFER = 'workflows differ';

/**
 * Without the permission `workflows` a branch may hold a workflow file only in a form that some branch has already. Where the base
 * branch has moved on since a commit was built, the old form is no longer on any branch, and GitHub refuses the commit because of
 * an untouched file.
 */
export async function unlessWorkflowsDiffer<T>(put: () => Promise<T>): Promise<T | typeof WORKFLOWS_DIFFER> {
  try {
    return await put();
  } catch (error) {
    if (error instanceof ForgeError && error.reason === 'workflows') return WORKFLOWS_DIFFER;
    throw error;
  }
}

/** Why building the commit again would not help, or did not. `isCurrent`: it was built on the present base branch. */
export const workflowFilesRefusal = (isCurrent: boolean): string =>
  isCurrent ? branchRefusedOnBase() : (refusalSentence('workflows') ?? branchRefusedOnBase());
