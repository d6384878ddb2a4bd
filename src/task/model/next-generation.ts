import { parseBranchName } from '../../domain/task/branch-name.ts';

/** The generation of a component's next branch, given its last one. */
export const nextGeneration = (headRef: string): number => (parseBranchName(headRef)?.generation ?? 1) + 1;
