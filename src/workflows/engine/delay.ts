/**
 * What the engine is told to let a workflow wait, at least so many milliseconds. It keeps the moment as an integer and refuses a fraction,
 * which the database's time has: the workflow, and with it somebody's command, would be lost.
 */
export const delayOf = (ms: number): { readonly delaySeconds?: number } =>
  ms > 0 ? { delaySeconds: Math.ceil(ms) / 1_000 } : {};
