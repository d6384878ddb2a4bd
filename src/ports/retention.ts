/** What happened before these moments is no longer needed. */
export interface Cutoffs {
  /** For what belongs to a task: its end. Never an age alone, because an open task reads its old rows again. */
  readonly ended: Date;
  /** For what a task or repository was told and has dealt with. */
  readonly handled: Date;
}

/** Removes one kind of thing that is no longer needed. */
export interface Pruner {
  /** In the log and the metrics. */
  readonly name: string;
  /** `database`: one process does it for all; `folder`: each does it for its own `DATA_DIR`. */
  readonly of: 'database' | 'folder';
  /** Removes at most `limit` of them; it is called again until it removes fewer. @returns how many it has removed */
  prune(cutoffs: Cutoffs, limit: number): Promise<number>;
}

/** Milliseconds. */
export interface RetentionWaits {
  /** Between two rounds. */
  readonly every: number;
  /** For how long what was handled is kept: GitHub sends a delivery again within three days, and its row is what shows that it was handled. */
  readonly handled: number;
  /** A day of `RETENTION_DAYS`. */
  readonly day: number;
}
