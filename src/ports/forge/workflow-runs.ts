import type { Outcome } from '../../domain/outcome.ts';

/** A run of a workflow of GitHub Actions. */
export interface WorkflowRun {
  readonly id: number;
  readonly url: string;
  /** GitHub's word, such as `success` or `cancelled`; null while it is queued or running. */
  readonly conclusion: string | null;
}

/** What GitHub shows of a workflow at one commit. */
export type WorkflowRunSeen =
  | { readonly kind: 'run'; readonly run: WorkflowRun }
  /** The workflow has not run there, or not yet. */
  | { readonly kind: 'none' }
  /** There is no such workflow; it is switched off; or the App may not read runs. */
  | { readonly kind: 'missing' | 'disabled' | 'unreadable' };

export interface WorkflowRunsFacet {
  /** The latest run that the push of this commit to this branch has started. `file` is a name in .github/workflows. */
  workflowRun(file: string, at: { readonly branch: string; readonly head: string }): Promise<WorkflowRunSeen>;
  /**
   * One file of the newest artifact of that name that a run has uploaded. The reason why there is none is a sentence; `maxBytes` is
   * the limit for the download and for the file in it.
   */
  artifactFile(
    run: number,
    names: { readonly artifact: string; readonly file: string },
    maxBytes: number,
  ): Promise<Outcome<Buffer>>;
}
