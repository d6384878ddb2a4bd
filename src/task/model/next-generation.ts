import { parseBranchName } from '../../domain/task/branch-name.ts';

/** The branch a component's next pull request goes to, given what became of the last. */
export const nextGeneration = (headRef: string): number => (parseBranchName(headRef)?.generation ?? 1) + 1;
