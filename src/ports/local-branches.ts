import type { Outcome } from '../domain/outcome.ts';

/** A commit to be made; ids of git objects. */
export interface NewCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}

/** Commits and branches in a repository on this machine, made without touching its working tree, its index or its HEAD. */
export interface LocalBranches {
  /** The new commit's id. The commit is invisible until a branch points to it. */
  commit(commit: NewCommit): Promise<string>;
  /**
   * Makes a branch, or finds it where it was made. A branch of that name at another commit is never moved: that is the reason of
   * the failure.
   */
  create(branch: string, commit: string): Promise<Outcome<null>>;
}
