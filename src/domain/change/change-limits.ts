/** How much one component may change: a larger change would not really be reviewed. */
export interface ChangeLimits {
  readonly files: number;
  /** By how much all files together may grow: a line in a file of 5 MB is a small change. */
  readonly bytes: number;
}

export const CHANGE_LIMITS: ChangeLimits = { files: 300, bytes: 2_000_000 };
