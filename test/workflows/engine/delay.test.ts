import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { delayOf } from '../../../src/workflows/engine/delay.ts';

/** As the engine computes the moment that it keeps as an integer. */
const moment = (now: number, { delaySeconds = 0 }: { readonly delaySeconds?: number }): number => now + delaySeconds * 1_000;

test('whatever the delay, the engine keeps a whole number, never less than a millisecond early', () => {
  const now = fc.integer({ min: 1_500_000_000_000, max: 4_000_000_000_000 });
  fc.assert(
    fc.property(now, fc.double({ min: 0, max: 7 * 86_400_000, noNaN: true }), (at, ms) => {
      const until = moment(at, delayOf(ms));
      expect(Number.isInteger(until)).toBe(true);
      expect(until).toBeGreaterThanOrEqual(Math.floor(at + ms));
    }),
  );
});

test('nothing to wait for is no delay', () => {
  expect([delayOf(0), delayOf(-5)]).toEqual([{}, {}]);
});
