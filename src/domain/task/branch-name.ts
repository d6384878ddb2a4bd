import { BRANCH_PREFIX } from '../../text/git-ref.ts';

/**
 * Branches the bot writes: `PREFIXissue-N/plan`, `PREFIXissue-N/COMPONENT-ID`, each with `.2`, `.3` after a merged or closed one.
 */
export interface BranchName {
  /** `planwright/` unless the repository's settings say otherwise. */
  readonly prefix: string;
  readonly issue: number;
  /** `plan` or a component id. */
  readonly part: string;
  /** 1 for the first; rendered from 2 on. */
  readonly generation: number;
}

export const DEFAULT_PREFIX = 'planwright/';

const PATTERN = /^(.*)issue-([1-9][0-9]*)\/([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?:\.([2-9]|[1-9][0-9]+))?$/;

/** What the names of all of a task's branches begin with. */
export const branchesOf = (prefix: string, issue: number): string => `${prefix}issue-${issue}/`;

export const renderBranchName = ({ prefix, issue, part, generation }: BranchName): string =>
  `${branchesOf(prefix, issue)}${part}${generation > 1 ? `.${generation}` : ''}`;

/**
 * Null for names that are not of this form. Whether the prefix is the one that the task has is for the caller to compare: people's
 * branches may have names of the same form.
 */
export function parseBranchName(name: string): BranchName | null {
  const match = PATTERN.exec(name);
  if (!match) return null;
  const [, prefix = '', issue, part, generation] = match;
  if (!BRANCH_PREFIX.test(prefix)) return null;
  return { prefix, issue: Number(issue), part: part as string, generation: generation ? Number(generation) : 1 };
}

/** Whether a name is kept for this App's branches: every name under the default prefix, and task branches under another one. */
export const isReservedBranch = (name: string, prefix: string): boolean =>
  name.startsWith(DEFAULT_PREFIX) || (name.startsWith(prefix) && /^issue-[1-9][0-9]*\//.test(name.slice(prefix.length)));
