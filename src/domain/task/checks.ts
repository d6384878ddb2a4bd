/** A verdict of another App or system on a commit: a check run, or a commit status, which is the older form. */
export interface HeadCheck {
  readonly name: string;
  readonly state: 'pending' | 'passing' | 'failing';
  /** GitHub's word, such as `failure` or `timed_out`; null while it is pending. */
  readonly conclusion: string | null;
  /** A check run's id; null for a commit status. */
  readonly run: number | null;
  /** A job of GitHub Actions, whose log can be read under the run's id. */
  readonly job: boolean;
  /** A commit status's own description and address; empty for a check run. */
  readonly said: string;
}

/** GitHub's own rule for a required check: skipped and neutral pass. Any conclusion that GitHub may add later does not. */
const PASSING: ReadonlySet<string> = new Set(['success', 'neutral', 'skipped']);

/** The state of a check run, by its status and conclusion. */
export function runState(status: string, conclusion: string | null): HeadCheck['state'] {
  if (status !== 'completed') return 'pending';
  return PASSING.has(conclusion ?? '') ? 'passing' : 'failing';
}

/** The state of a commit status, by GitHub's state. */
export const statusState = (state: string): HeadCheck['state'] =>
  state === 'pending' ? 'pending' : PASSING.has(state) ? 'passing' : 'failing';

/**
 * Conclusions that a change of the code may fix. A check that was cancelled, went stale or waits for a person is no fault of the
 * code.
 */
const FIXABLE: ReadonlySet<string> = new Set(['failure', 'error', 'timed_out']);
export const isFixable = ({ conclusion }: Pick<HeadCheck, 'conclusion'>): boolean => FIXABLE.has(conclusion ?? '');

export type Settled =
  /** Checks may still begin, or these are running. */
  | { readonly kind: 'unsettled'; readonly running: readonly string[] }
  | { readonly kind: 'nothing ran' }
  | { readonly kind: 'green' }
  | { readonly kind: 'red'; readonly failing: readonly HeadCheck[] };

/**
 * The verdict of a commit's checks (design §4). A check that begins after its grace is over unsettles them again.
 * @param age how long ago the commit was first seen, in milliseconds
 */
export function settledChecks(checks: readonly HeadCheck[], age: number, graceMs: number): Settled {
  const running = checks.filter((c) => c.state === 'pending').map((c) => c.name);
  if (running.length > 0 || age < graceMs) return { kind: 'unsettled', running };
  if (checks.length === 0) return { kind: 'nothing ran' };
  const failing = checks.filter((c) => c.state === 'failing');
  return failing.length === 0 ? { kind: 'green' } : { kind: 'red', failing };
}

/**
 * Names of the checks that fail at a head and just as well at one of the commits it is based on. A check that failed at the head has to
 * have failed there, too: a run that was cancelled or went stale tells nothing about the code. Checks of different workflows may have one
 * name, so a name that passes there as well excuses nothing.
 */
export function failingBelow(head: readonly HeadCheck[], below: readonly (readonly HeadCheck[])[]): string[] {
  const failing = head.filter((c) => c.state === 'failing');
  const fails = (check: HeadCheck, commit: readonly HeadCheck[]): boolean => {
    const named = commit.filter((c) => c.name === check.name);
    const alike = named.some((c) => c.state === 'failing' && (isFixable(c) || !isFixable(check)));
    return alike && named.every((c) => c.state !== 'passing');
  };
  const own = failing.filter((check) => !below.some((commit) => fails(check, commit))).map(({ name }) => name);
  return [...new Set(failing.map(({ name }) => name))].filter((name) => !own.includes(name)).sort();
}

/** The same of an open pull request's head, compared with what its branch is based on. */
export type Verdict =
  | Exclude<Settled, { kind: 'green' | 'red' }>
  /** The checks were not read: the grace period is not over, or they would make no difference. */
  | { readonly kind: 'unread' }
  /** `failingBelow`: fail here, but also on what the branch is based on. */
  | { readonly kind: 'green'; readonly failingBelow: readonly string[] }
  /** These fail here only. */
  | { readonly kind: 'red'; readonly failing: readonly HeadCheck[] };

export function verdictOn(settled: Settled, failingBelow: readonly string[]): Verdict {
  if (settled.kind === 'green') return { kind: 'green', failingBelow: [] };
  if (settled.kind !== 'red') return settled;
  const own = settled.failing.filter((c) => !failingBelow.includes(c.name));
  return own.length > 0 ? { kind: 'red', failing: own } : { kind: 'green', failingBelow: settled.failing.map((c) => c.name) };
}

/** External ids of the checks on pull requests that are none of ours, and on theirs from a branch that is reserved for us. */
export const OTHER_PULL = 'other-pull-request';
export const RESERVED_BRANCH = 'reserved-branch';

/** Whether a check says only that the pull request it was reported for is none of ours. */
export const isAboutOthers = (externalId: string | null): boolean =>
  externalId === null || externalId === OTHER_PULL || externalId === RESERVED_BRANCH;
