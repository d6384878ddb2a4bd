/** A warning or an error that this process has logged. */
export interface Problem {
  readonly level: 'warn' | 'error' | 'fatal';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly message: string;
  /** The error's own words. */
  readonly cause: string | null;
  /** OWNER/NAME where it is about one repository. */
  readonly repository: string | null;
}

export interface RecentProblems {
  /** One line of the log, as it is written. */
  note(line: string): void;
  /** The latest first. */
  list(): readonly Problem[];
}

const KEPT = 100;
const LEVELS: Readonly<Record<number, Problem['level']>> = { 40: 'warn', 50: 'error', 60: 'fatal' };

/** The last problems in the log, kept in memory: they are few, and people look for them when something is wrong. */
export function createRecentProblems(): RecentProblems {
  const kept: Problem[] = [];
  return {
    note(line) {
      // Nearly all lines are about nothing that went wrong, and are not read.
      if (!/"level":[456]0\b/.test(line)) return;
      const problem = problemIn(line);
      if (problem === null) return;
      kept.unshift(problem);
      kept.length = Math.min(kept.length, KEPT);
    },
    list: () => kept,
  };
}

function problemIn(line: string): Problem | null {
  try {
    const { level, time, msg, err, task, workflow, repository } = JSON.parse(line) as Record<string, unknown>;
    const known = LEVELS[Number(level)];
    if (known === undefined) return null;
    const cause = typeof err === 'object' && err !== null && 'message' in err ? String(err.message) : null;
    const about = [repository, task, workflow].find((field) => typeof field === 'string') as string | undefined;
    return {
      level: known,
      at: typeof time === 'number' ? time : Date.now(),
      message: String(msg ?? cause ?? ''),
      cause,
      repository: /(?:^|:)([\w-]+\/[\w.-]+?)(?:[#/:]|$)/.exec(about ?? '')?.[1] ?? null,
    };
  } catch {
    return null;
  }
}
