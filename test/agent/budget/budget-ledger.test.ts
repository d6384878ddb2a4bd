import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type BudgetLedger, createBudgetLedger, type Reservation } from '../../../src/agent/budget/budget-ledger.ts';
import { type Amount, type Limits, NOTHING } from '../../../src/domain/model/budget.ts';

const NO_LIMITS: Limits = { usd: null, tokens: null };
const usd = (n: number): Amount => ({ usd: n, tokens: 0 });
const upTo = (n: number): Limits => ({ usd: n, tokens: null });

async function held(ledger: BudgetLedger, cost: Amount, limits: Limits): Promise<Reservation> {
  const outcome = await ledger.reserve(cost, limits);
  if (!outcome.ok) throw new Error('refused');
  return outcome.value;
}

/** Whether a promise is settled once everything that can happen now has happened. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe('a purse', () => {
  test('pays what a call really cost, not what was set aside', async () => {
    const ledger = createBudgetLedger(usd(1));
    const reservation = await held(ledger, usd(5), upTo(10));
    expect(ledger.spent()).toEqual(usd(1));
    reservation.settle(usd(2));
    reservation.settle(usd(2));
    expect(ledger.spent()).toEqual(usd(3));
  });

  test('refuses at once what can never fit, and says how far it has got', async () => {
    const ledger = createBudgetLedger({ usd: 9.87, tokens: 100 });
    expect(await ledger.reserve(usd(0.45), upTo(10))).toEqual({
      ok: false,
      reason: { limit: 'usd', spent: { usd: 9.87, tokens: 100 } },
    });
    expect(await ledger.reserve({ usd: 0, tokens: 1 }, { usd: 10, tokens: 100 })).toMatchObject({ reason: { limit: 'tokens' } });
    expect((await ledger.reserve(usd(0.13), upTo(10))).ok).toBe(true);
  });

  test('without limits nothing is refused', async () => {
    const ledger = createBudgetLedger({ usd: 1e6, tokens: 1e9 });
    expect((await ledger.reserve({ usd: 1e6, tokens: 1e9 }, NO_LIMITS)).ok).toBe(true);
  });

  test('lets a call wait for the money that calls in flight will leave over', async () => {
    const ledger = createBudgetLedger(NOTHING);
    const first = await held(ledger, usd(8), upTo(10));
    const second = ledger.reserve(usd(8), upTo(10));
    expect(await isSettled(second)).toBe(false);
    first.settle(usd(1));
    expect((await second).ok).toBe(true);
  });

  test('refuses a waiting call when the call in flight has spent the money', async () => {
    const ledger = createBudgetLedger(NOTHING);
    const first = await held(ledger, usd(8), upTo(10));
    const second = ledger.reserve(usd(8), upTo(10));
    first.settle(usd(8));
    expect(await second).toEqual({ ok: false, reason: { limit: 'usd', spent: usd(8) } });
  });

  test('takes a raised limit for the next call', async () => {
    const ledger = createBudgetLedger(usd(10));
    expect((await ledger.reserve(usd(1), upTo(10))).ok).toBe(false);
    expect((await ledger.reserve(usd(1), upTo(20))).ok).toBe(true);
  });
});

// Cents, because sums of fractions are not what is tested here.
const call = fc.record({
  usd: fc.integer({ min: 0, max: 60 }),
  tokens: fc.integer({ min: 0, max: 60 }),
  /** How much of what was set aside the call really takes, in percent. */
  share: fc.integer({ min: 0, max: 100 }),
});
const limit = fc.option(fc.integer({ min: 1, max: 150 }), { nil: null });

test('no interleaving of parallel conversations overshoots, and none waits for ever', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ usd: limit, tokens: limit }),
      fc.array(fc.array(call, { maxLength: 6 }), { minLength: 1, maxLength: 6 }),
      fc.scheduler(),
      async (limits, loops, scheduler) => {
        const ledger = createBudgetLedger(NOTHING);
        let inFlight: Amount = NOTHING;
        const within = (): void => {
          const { usd, tokens } = ledger.spent();
          expect(usd + inFlight.usd).toBeLessThanOrEqual(limits.usd ?? Number.POSITIVE_INFINITY);
          expect(tokens + inFlight.tokens).toBeLessThanOrEqual(limits.tokens ?? Number.POSITIVE_INFINITY);
        };
        const runLoop = async (calls: readonly { usd: number; tokens: number; share: number }[]): Promise<number> => {
          for (const [made, { share, ...cost }] of calls.entries()) {
            const reservation = await ledger.reserve(cost, limits);
            if (!reservation.ok) return made;
            inFlight = { usd: inFlight.usd + cost.usd, tokens: inFlight.tokens + cost.tokens };
            within();
            await scheduler.schedule(Promise.resolve());
            inFlight = { usd: inFlight.usd - cost.usd, tokens: inFlight.tokens - cost.tokens };
            reservation.value.settle({
              usd: Math.floor((cost.usd * share) / 100),
              tokens: Math.floor((cost.tokens * share) / 100),
            });
            within();
          }
          return calls.length;
        };
        const all = Promise.all(loops.map(runLoop));
        await scheduler.waitFor(all);
        const ends = await all;
        // Who stopped early was refused for want of money, not by mistake: the call does not fit what is spent in the end either.
        for (const [i, made] of ends.entries()) {
          const next = loops[i]?.[made];
          if (!next) continue;
          const { usd, tokens } = ledger.spent();
          expect(
            usd + next.usd > (limits.usd ?? Number.POSITIVE_INFINITY) ||
              tokens + next.tokens > (limits.tokens ?? Number.POSITIVE_INFINITY),
          ).toBe(true);
        }
      },
    ),
    { numRuns: 300 },
  );
});
