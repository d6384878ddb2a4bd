import { isFixable, settledChecks, type Verdict, verdictOn } from '../../domain/task/checks.ts';
import type { ComponentRecord } from '../../domain/task/component-record.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import type { TaskView } from '../model/view.ts';

type Execution = Settings['execution'];

/** Whether a component's checks can make a difference: it may become ready, be fixed, or turn out to be fixed by a person. */
export const checksMatter = ({ ci }: ComponentRecord, pull: PullRequest, { draft, ci_fix_attempts }: Execution): boolean =>
  pull.state === 'open' &&
  ((draft && ci.readyAt !== pull.headSha) || ci.attemptedHeads.length < ci_fix_attempts || ci.abandonedAt !== null);

/** Milliseconds since its pull request's head was first seen. */
export const ageOf = ({ ci: { head } }: ComponentRecord, pull: PullRequest, at: string): number =>
  head?.sha === pull.headSha ? Date.parse(at) - Date.parse(head.seenAt) : 0;

/** Milliseconds. */
const HEAD_LAG = 180_000;

/**
 * How long a head that was worked on before is still ignored, in milliseconds: GitHub shows a pull request's former head for a moment after
 * a push. One that is shown for longer was put back by a person.
 */
export function lagOfHead({ ci: { head, attemptedHeads } }: ComponentRecord, pull: PullRequest, at: string): number {
  if (head === null || head.sha === pull.headSha || !attemptedHeads.includes(pull.headSha)) return 0;
  return Math.max(0, HEAD_LAG - (Date.parse(at) - Date.parse(head.seenAt)));
}

/** The verdict of the checks of a component's open pull request. */
export function ciVerdict(id: string, component: ComponentRecord, { at, components, checks, checksGrace }: TaskView): Verdict {
  const pull = components[id]?.pull;
  const seen = checks[id];
  if (pull?.state !== 'open' || component.ci.head?.sha !== pull.headSha || seen?.head !== pull.headSha) return { kind: 'unread' };
  return verdictOn(settledChecks(seen.found, ageOf(component, pull, at), checksGrace * 1000), seen.failingBelow);
}

/** Whether the executor is to work on a red head: on each head once, and on a limited number for each pull request. */
export const shouldFix = ({ ci }: ComponentRecord, head: string, verdict: Verdict, { ci_fix_attempts }: Execution): boolean =>
  verdict.kind === 'red' &&
  verdict.failing.some(isFixable) &&
  ci.attemptedHeads.length < ci_fix_attempts &&
  !ci.attemptedHeads.includes(head);
