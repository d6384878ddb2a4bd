import type { Clock } from '../../../ports/clock.ts';

interface Reported {
  readonly id: number;
  readonly head_sha: string;
  readonly name: string;
}

/** Checks that this process reported a moment ago, kept for as long as GitHub's replicas may not show them. */
export interface ReportedChecks {
  note(repository: string, run: Reported): void;
  /** This process has made the commit. */
  made(repository: string, sha: string): void;
  /** Whether only this process can have reported a check in this App's name at the commit, and each of its reports was answered. */
  areAll(repository: string, sha: string): boolean;
  /** A write of this check has begun: until the write is answered, only GitHub knows what the check says. */
  forget(repository: string, sha: string, name: string): void;
  /** The listed runs of a commit, newest first, with those that were reported meanwhile. */
  added<R extends Reported>(repository: string, sha: string, listed: readonly R[]): R[];
}

/** Longer than replicas were ever seen to lag, and shorter than it takes a person to overwrite a check of ours. */
const KEPT_MS = 120_000;

/**
 * Without this a check that GitHub does not show yet counts as lost: it is made again, the new one is not shown either, and so on
 * for as long as the task is observed.
 */
export function rememberReports(clock: Clock): ReportedChecks {
  const known = new Map<string, { readonly run: Reported; readonly at: number }>();
  const commits = new Map<string, number>();
  const unanswered = new Set<string>();
  const keyOf = (repository: string, sha: string): string => `${repository.toLowerCase()} ${sha}`;

  return {
    note(repository, run) {
      const now = clock.now();
      for (const [key, { at }] of known) if (now - at > KEPT_MS) known.delete(key);
      known.set(`${keyOf(repository, run.head_sha)} ${run.name}`, { run, at: now });
      unanswered.delete(`${keyOf(repository, run.head_sha)} ${run.name}`);
    },
    made(repository, sha) {
      const now = clock.now();
      for (const [key, at] of commits) {
        if (now - at <= KEPT_MS) continue;
        commits.delete(key);
        for (const name of unanswered) if (name.startsWith(`${key} `)) unanswered.delete(name);
      }
      commits.set(keyOf(repository, sha), now);
    },
    areAll(repository, sha) {
      const key = keyOf(repository, sha);
      const at = commits.get(key);
      return at !== undefined && clock.now() - at <= KEPT_MS && ![...unanswered].some((name) => name.startsWith(`${key} `));
    },
    forget(repository, sha, name) {
      known.delete(`${keyOf(repository, sha)} ${name}`);
      if (commits.has(keyOf(repository, sha))) unanswered.add(`${keyOf(repository, sha)} ${name}`);
    },
    added<R extends Reported>(repository: string, sha: string, listed: readonly R[]): R[] {
      const prefix = `${keyOf(repository, sha)} `;
      const recent = [...known].filter(([key, { at }]) => key.startsWith(prefix) && clock.now() - at <= KEPT_MS);
      const runs = recent.map(([, { run }]) => run as R);
      return [...listed.filter(({ id }) => !runs.some((run) => run.id === id)), ...runs].sort((a, b) => b.id - a.id);
    },
  };
}
