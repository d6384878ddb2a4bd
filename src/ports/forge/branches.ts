import type { RefusalReason } from './forge-error.ts';

/** One move of a branch, as GitHub logged it; a side is null where the branch did not exist. */
export interface BranchMove {
  /** ISO 8601. */
  readonly at: string;
  readonly before: string | null;
  /** This App did it. */
  readonly mine: boolean;
  readonly after: string | null;
}

/** Branches, by name. */
export interface BranchesFacet {
  /** Why the repository accepts no branches or pull requests at all; null where no such reason is known. */
  unusableBecause(): Promise<RefusalReason | null>;
  defaultBranch(): Promise<{ readonly name: string; readonly sha: string }>;
  branchHead(branch: string): Promise<string | null>;
  /** Its latest moves, whoever made them, the newest first; `whole`: there are no others. Null where GitHub does not list them. */
  branchMoves(branch: string): Promise<{ readonly moves: readonly BranchMove[]; readonly whole: boolean } | null>;
  /**
   * A branch because of which git cannot have one of this name: `a` is in the way of `a/b`, and `a/b/c` as well. Null when there is
   * none.
   */
  referenceInTheWay(branch: string): Promise<string | null>;
  /** `exists` when the branch is already there, wherever it points. */
  createBranch(branch: string, sha: string): Promise<'created' | 'exists'>;
  /** Fast-forward only; `rejected` when it would not be one. */
  advanceBranch(branch: string, sha: string): Promise<'moved' | 'rejected'>;
}
