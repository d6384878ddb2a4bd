/** What each of the processes is told. */
export interface WorkerJob {
  readonly databaseUrl: string;
  /** A folder of its own. */
  readonly dataDir: string;
  /** Of how many processes this one is which, from 0. */
  readonly index: number;
  readonly processes: number;
  /** Signals of this process alone, and of all together in a second. */
  readonly signals: number;
  readonly rate: number;
  /** Over how many tasks they are spread. */
  readonly tasks: number;
  /** For how long a turn lasts at least: an observation of GitHub takes as long. */
  readonly workMs: number;
  /** False: with the engine's queue alone, which is what there was before. */
  readonly turns: boolean;
}

export type FromWorker =
  | { readonly kind: 'ready' }
  /** Since the last report: for how long each handled signal had waited, and how many found another at work on their task. */
  | { readonly kind: 'handled'; readonly waits: readonly number[]; readonly overlaps: number };

export interface Begin {
  readonly kind: 'begin';
  /** Milliseconds since the epoch. */
  readonly at: number;
}
