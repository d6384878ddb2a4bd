import { expect, it } from '@jest/globals';
import { ForgeError } from '../../../src/ports/forge/forge-error.ts';
import { SpendUnavailable } from '../../../src/ports/spend.ts';
import { WAITS } from '../../../src/workflows/engine/schedule.ts';
import { beforehand } from '../../../src/workflows/shared/task-budgets.ts';
import { stoppedClock } from '../../adapters/github/stopped-clock.ts';

/** What is read fails so often, and then succeeds. */
function reading(failures: number, error: Error) {
  const clock = stoppedClock(Date.now());
  let tries = 0;
  const read = beforehand({ clock, waits: WAITS }, async () => {
    tries += 1;
    if (tries <= failures) throw error;
    return 'read';
  });
  return { read, clock, tries: () => tries };
}

it('what is read before a turn is read again after an outage', async () => {
  const { read, clock } = reading(2, new ForgeError('Bad Gateway', 502, null, 'unavailable'));
  expect(await read).toBe('read');
  expect(clock.slept).toEqual([1_000, 3_000]);
});

it('what is read before a turn is read as soon as the database is back', async () => {
  const { read, tries } = reading(50, new SpendUnavailable('away'));
  expect(await read).toBe('read');
  expect(tries()).toBe(51);
});

it.each([
  ['a refusal', new ForgeError('Not Found', 404), 1],
  ['a limit, for which the work leaves its queue', new ForgeError('Slow down', 403, Date.now() + 60_000), 1],
  ['an outage that lasts', new ForgeError('Bad Gateway', 502, null, 'unavailable'), WAITS.step.tries],
])('%s ends it', async (_, error, expected) => {
  const { read, tries } = reading(99, error);
  await expect(read).rejects.toBe(error);
  expect(tries()).toBe(expected);
});
