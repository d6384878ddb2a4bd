import type { Issue } from './issues.ts';

/** How a label looks in lists. */
interface LabelLook {
  /** Six hexadecimal digits. */
  readonly color: string;
  readonly description: string;
}

/** Labels of the repository, its issues and its pull requests. */
export interface LabelsFacet {
  ensureLabel(name: string, color: string, description: string): Promise<void>;
  /** @param look what a label gets that looks as GitHub makes those that a repository does not have yet: grey, and without a description. */
  addLabel(number: number, label: string, look?: LabelLook): Promise<void>;
  /** Succeeds also where the label is not set. */
  removeLabel(number: number, label: string): Promise<void>;
  /** Open issues (not pull requests) carrying the label. */
  issuesLabelled(label: string): Promise<readonly Issue[]>;
}
