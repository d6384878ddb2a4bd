import type { Verdict } from '../../domain/task/checks.ts';
import type { ComponentRecord } from '../../domain/task/component-record.ts';
import { checkNames } from '../phrases/check-names.ts';

/** A component's open pull request, as far as its checks go. */
export interface Checked {
  readonly component: ComponentRecord;
  readonly number: number;
  readonly draft: boolean;
  readonly verdict: Verdict;
  /** How often failing checks may be mended. */
  readonly attempts: number;
}

/** What is awaited before a pull request is for people to merge; null when nothing is. */
export function pendingOn({ component: c, number, draft, verdict, attempts }: Checked): string | null {
  const pull = `#${number}`;
  if (c.state === 'running')
    return c.job.kind === 'fix'
      ? `${pull} failed ${checkNames(c.job.checks)} and is being mended (${c.ci.attemptedHeads.length} of ${attempts})`
      : null;
  switch (verdict.kind) {
    case 'unsettled':
      return verdict.running.length > 0
        ? `${checkNames(verdict.running)} of ${pull} ${are(verdict.running)} running`
        : waits(pull);
    case 'red': {
      const names = checkNames(verdict.failing.map((check) => check.name));
      const outside = verdict.failing.map((check) => check.conclusion).join(', ');
      if (c.ci.abandonedAt !== null) return `${pull} failed ${names}, which somebody has to mend`;
      return attempts > 0 ? `${pull} failed ${names} (${outside})` : `${pull} failed ${names}`;
    }
    case 'nothing ran':
      return draft && c.stack !== null
        ? `${pull} stays a draft until #${c.stack.pull} is merged: no check runs for it before`
        : null;
    case 'green':
      return null;
    case 'unread':
      return draft && c.ci.readyAt === null && c.ci.abandonedAt === null ? waits(pull) : null;
  }
}

const waits = (pull: string): string => `the checks of ${pull} are awaited`;
const are = (names: readonly string[]): string => (names.length === 1 ? 'is' : 'are');
