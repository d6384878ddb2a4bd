import type { Verdict } from '../../domain/task/checks.ts';
import type { ComponentRecord } from '../../domain/task/component-record.ts';
import { checkNames } from '../phrases/check-names.ts';

/** A component's open pull request and the state of its checks. */
export interface Checked {
  readonly component: ComponentRecord;
  readonly number: number;
  readonly draft: boolean;
  readonly verdict: Verdict;
  /** How many attempts to fix failing checks the settings allow. */
  readonly attempts: number;
}

/** What has to happen before people can merge a pull request; null when they can. */
export function pendingOn({ component: c, number, draft, verdict, attempts }: Checked): string | null {
  const pull = `#${number}`;
  if (c.state === 'running')
    return c.job.kind === 'fix'
      ? `${pull} failed ${checkNames(c.job.checks)} and is being fixed (attempt ${c.ci.attemptedHeads.length} of ${attempts})`
      : null;
  switch (verdict.kind) {
    case 'unsettled':
      return verdict.running.length > 0
        ? `${checkNames(verdict.running)} of ${pull} ${are(verdict.running)} running`
        : waits(pull);
    case 'red': {
      const names = checkNames(verdict.failing.map((check) => check.name));
      const outside = verdict.failing.map((check) => check.conclusion).join(', ');
      if (c.ci.abandonedAt !== null) return `${pull} failed ${names} and needs a fix by hand, or \`/revise\` there`;
      return attempts > 0 ? `${pull} failed ${names} (${outside})` : `${pull} failed ${names}`;
    }
    case 'nothing ran':
      return draft && c.stack !== null
        ? `${pull} stays a draft until #${c.stack.pull} is merged: no checks run for it before that`
        : null;
    case 'green':
      return null;
    case 'unread':
      return draft && c.ci.readyAt === null && c.ci.abandonedAt === null ? waits(pull) : null;
  }
}

const waits = (pull: string): string => `the checks of ${pull} are pending`;
const are = (names: readonly string[]): string => (names.length === 1 ? 'is' : 'are');
