import type { Backoff } from '../../src/ports/clock.ts';
import { WAITS } from '../../src/workflows/engine/schedule.ts';

const from = (first: number, of: Backoff): Backoff => ({ ...of, first });

/** The product's own waits in less time, with as many tries: for scenes about what does not work at once. */
export const QUICK_WAITS = {
  step: from(20, WAITS.step),
  fresh: from(50, WAITS.fresh),
  signal: [200, 400, 800],
  lag: [100, 200, 400, 800],
  provider: from(50, WAITS.provider),
  git: [10, 40, 150],
  access: 200,
  workflow: 5_000,
  // A machine that runs several tests at once may take a second for what takes milliseconds.
  intake: WAITS.intake,
  replicas: { ...WAITS.replicas, nextTurn: 100, database: 100, unready: 100, money: 50 },
};
