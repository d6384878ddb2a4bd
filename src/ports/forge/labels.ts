import type { Issue } from './issues.ts';

/** Labels of the repository, its issues and its pull requests. */
export interface LabelsFacet {
  ensureLabel(name: string, color: string, description: string): Promise<void>;
  addLabel(number: number, label: string): Promise<void>;
  /** Succeeds also where the label is not set. */
  removeLabel(number: number, label: string): Promise<void>;
  /** Open issues (not pull requests) carrying the label. */
  issuesLabelled(label: string): Promise<readonly Issue[]>;
}
