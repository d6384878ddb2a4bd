import type { Forecast } from '../../../domain/plan/estimate.ts';
import type { Blocker, Question } from '../../../domain/task/task.ts';
import type { TryProgress } from '../../../workflows/try/progress.ts';

/** One line of the cost report at the end. */
export interface Cost {
  readonly what: string;
  readonly turns: number;
  readonly tokens: number;
  /** Null: the price is unknown. */
  readonly usd: number | null;
  readonly ms: number;
}

/** Everything the command says. With `--json` each is printed as one line of JSON, as it is: these names are an interface. */
export type TryEvent =
  | {
      readonly type: 'started' | 'resumed';
      readonly number: number;
      readonly repository: string;
      readonly head: string;
      readonly branch: string | null;
      readonly title: string;
      readonly planner: string;
      readonly executor: string;
      readonly max_usd: number | null;
      readonly folder: string;
      /** Turns of earlier processes, which were read back rather than paid for again. */
      readonly recorded_turns: number;
      readonly recorded_usd: number | null;
    }
  | { readonly type: 'note'; readonly text: string }
  | ({ readonly type: 'progress' } & TryProgress)
  | {
      readonly type: 'plan';
      readonly path: string;
      readonly revision: number;
      readonly text: string;
      readonly components: number;
      readonly estimate: Forecast;
      readonly max_usd: number | null;
    }
  | {
      readonly type: 'findings';
      readonly path: string;
      readonly findings: readonly { readonly line: number; readonly message: string }[];
    }
  | { readonly type: 'questions'; readonly questions: readonly Question[] }
  | { readonly type: 'answer'; readonly question: string; readonly text: string }
  /** The program waits for a line on its input that begins with one of these words. */
  | { readonly type: 'decision'; readonly about: string; readonly choices: readonly string[] }
  | { readonly type: 'approved'; readonly blob: string }
  | {
      readonly type: 'component';
      readonly id: string;
      readonly state: 'running' | 'kept' | 'built' | 'held';
      readonly branch: string;
      /** The branches below it; empty: HEAD. */
      readonly on: readonly string[];
      readonly summary: string | null;
    }
  | { readonly type: 'blocked'; readonly id: string; readonly blocker: Blocker }
  | { readonly type: 'failed'; readonly what: string; readonly reason: string }
  | {
      readonly type: 'done';
      readonly branches: readonly {
        readonly id: string;
        readonly branch: string;
        readonly commit: string;
        readonly statistics: string;
      }[];
      readonly graph: string;
      readonly costs: readonly Cost[];
      /** The cost of implementing the plan, as it was estimated before it was approved. */
      readonly estimate: Forecast;
      readonly merge: string;
      readonly remove: string;
    }
  /** This process has stopped working. `resume`: the command that continues. */
  | { readonly type: 'stopped'; readonly reason: string; readonly resume: string | null };

export type EmitEvent = (event: TryEvent) => void;
