/** How much one component may change: more is not reviewed by anybody. */
export interface ChangeLimits {
  readonly files: number;
  /** By which files may grow, all together: a line in a file of 5 MB is a small change. */
  readonly bytes: number;
}

export const CHANGE_LIMITS: ChangeLimits = { files: 300, bytes: 2_000_000 };
