/**
 * Branches the bot writes: `planwright/issue-N/plan`, `planwright/issue-N/COMPONENT-ID`, each with `.2`, `.3` after a merged or
 * closed one.
 */
export interface BranchName {
  readonly issue: number;
  /** `plan` or a component id. */
  readonly part: string;
  /** 1 for the first; rendered from 2 on. */
  readonly generation: number;
}

export const BRANCH_PREFIX = 'planwright/';

const PATTERN = /^planwright\/issue-([1-9][0-9]*)\/([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?:\.([2-9]|[1-9][0-9]+))?$/;

/** What the names of all of a task's branches begin with. */
export const branchesOf = (issue: number): string => `${BRANCH_PREFIX}issue-${issue}/`;

export const renderBranchName = ({ issue, part, generation }: BranchName): string =>
  `${branchesOf(issue)}${part}${generation > 1 ? `.${generation}` : ''}`;

export function parseBranchName(name: string): BranchName | null {
  const match = PATTERN.exec(name);
  if (!match) return null;
  const [, issue, part, generation] = match;
  return { issue: Number(issue), part: part as string, generation: generation ? Number(generation) : 1 };
}
