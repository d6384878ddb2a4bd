import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../src/ports/clock.ts';

export const clock: Clock = { now: Date.now, sleep: (ms) => delay(ms) };
