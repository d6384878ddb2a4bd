/** What somebody else says of a commit: a check run of another App, or a commit status, which is the older way to say it. */
export interface HeadCheck {
  readonly name: string;
  readonly state: 'pending' | 'passing' | 'failing';
  /** In GitHub's word, such as `failure` or `timed_out`; null while it is pending. */
  readonly conclusion: string | null;
  /** A check run's id; null for a commit status. */
  readonly run: number | null;
  /** A job of GitHub Actions, whose log can be read under the run's id. */
  readonly job: boolean;
  /** A commit status' own words, and where it points for more; empty for a check run. */
  readonly said: string;
}

/** GitHub's own rule for a required check: skipped and neutral do no harm. Whatever else GitHub may come to say does. */
const PASSING: ReadonlySet<string> = new Set(['success', 'neutral', 'skipped']);

/** Of a check run, by its status and conclusion. */
export function runState(status: string, conclusion: string | null): HeadCheck['state'] {
  if (status !== 'completed') return 'pending';
  return PASSING.has(conclusion ?? '') ? 'passing' : 'failing';
}

/** Of a commit status, by its state. */
export const statusState = (state: string): HeadCheck['state'] =>
  state === 'pending' ? 'pending' : PASSING.has(state) ? 'passing' : 'failing';

/** Other code may help against these. A check that was cancelled, went stale or waits for a person is no fault of the code. */
const FIXABLE: ReadonlySet<string> = new Set(['failure', 'error', 'timed_out']);
export const isFixable = ({ conclusion }: Pick<HeadCheck, 'conclusion'>): boolean => FIXABLE.has(conclusion ?? '');

export type Settled =
  /** Checks may still begin, or these have. */
  | { readonly kind: 'unsettled'; readonly running: readonly string[] }
  | { readonly kind: 'nothing ran' }
  | { readonly kind: 'green' }
  | { readonly kind: 'red'; readonly failing: readonly HeadCheck[] };

/**
 * What the checks of a commit have come to (design §4). A check that begins after its grace is over unsettles them again.
 * @param age how long ago the commit was first seen, in milliseconds
 */
export function settledChecks(checks: readonly HeadCheck[], age: number, graceMs: number): Settled {
  const running = checks.filter((c) => c.state === 'pending').map((c) => c.name);
  if (running.length > 0 || age < graceMs) return { kind: 'unsettled', running };
  if (checks.length === 0) return { kind: 'nothing ran' };
  const failing = checks.filter((c) => c.state === 'failing');
  return failing.length === 0 ? { kind: 'green' } : { kind: 'red', failing };
}

/** The same of an open pull request's head, compared with what its branch is based on. */
export type Verdict =
  | Exclude<Settled, { kind: 'green' | 'red' }>
  /** Nobody looked: its grace is not over, or nothing could come of it. */
  | { readonly kind: 'unread' }
  /** `failingBelow`: fail here, but also on what the branch is based on. */
  | { readonly kind: 'green'; readonly failingBelow: readonly string[] }
  /** Fail here only. */
  | { readonly kind: 'red'; readonly failing: readonly HeadCheck[] };

export function verdictOn(settled: Settled, failingBelow: readonly string[]): Verdict {
  if (settled.kind === 'green') return { kind: 'green', failingBelow: [] };
  if (settled.kind !== 'red') return settled;
  const own = settled.failing.filter((c) => !failingBelow.includes(c.name));
  return own.length > 0 ? { kind: 'red', failing: own } : { kind: 'green', failingBelow: settled.failing.map((c) => c.name) };
}
