import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { DeliveryAttempt } from '../../../src/ports/forge/deliveries.ts';
import type { Forge } from '../../../src/ports/forge/forge.ts';
import { ForgeError } from '../../../src/ports/forge/forge-error.ts';
import { lostDeliveries, redeliverLost } from '../../../src/workflows/repository/lost-deliveries.ts';

const attempt = (id: number, guid: string, succeeded: boolean, outcome = succeeded ? 'accepted' : 'rejected') =>
  ({ id, guid, at: id * 1_000, outcome }) as DeliveryAttempt;
const idsOf = (...attempts: DeliveryAttempt[]): number[] => lostDeliveries(attempts.reverse()).map(({ id }) => id);

it.each<[string, number[], DeliveryAttempt[]]>([
  ['nothing where all succeeded', [], [attempt(1, 'a', true), attempt(2, 'b', true)]],
  [
    'what failed, in the order in which it happened',
    [1, 3],
    [attempt(1, 'a', false), attempt(2, 'b', true), attempt(3, 'c', false)],
  ],
  ['nothing that a later attempt has delivered', [], [attempt(1, 'a', false), attempt(2, 'a', true)]],
  ['nothing that succeeded and was then delivered again in vain', [], [attempt(1, 'a', true), attempt(2, 'a', false)]],
  ['the latest attempt of what failed more than once', [3], [attempt(1, 'a', false), attempt(3, 'a', false)]],
  ['nothing that nobody took for a day', [], Array.from({ length: 100 }, (_, i) => attempt(i + 1, 'a', false, 'unreached'))],
  ['nothing that was rejected five times', [], [1, 2, 3, 4, 5].map((id) => attempt(id, 'a', false))],
  [
    'what nobody was there to take, however often',
    [9],
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((id) => attempt(id, 'a', false, 'unreached')),
  ],
])('lost is %s', (_, ids, attempts) => {
  expect(idsOf(...attempts)).toEqual(ids);
});

describe('of four lost deliveries', () => {
  /** Which GitHub sends again, where it refuses some of them. */
  async function requestedOf(refusals: Readonly<Record<number, Error>>) {
    const requested: number[] = [];
    const forge = {
      async *deliveryAttempts() {
        for (const id of [4, 3, 2, 1]) yield attempt(id, `delivery ${id}`, false);
      },
      async redeliver(id: number) {
        if (refusals[id]) throw refusals[id];
        requested.push(id);
      },
    } as Partial<Forge> as Forge;
    const counted = await redeliverLost({ forge, log: pino({ level: 'silent' }) }, 0).catch((error: Error) => error.message);
    return { requested, counted };
  }
  const gone = new ForgeError('Not Found', 404, null, 'not_found');
  const invalid = new ForgeError('Validation Failed', 422);
  const away = new ForgeError('No answer', 502, null, 'unavailable');
  const limited = new ForgeError('Too many requests', 403, 1, 'secondary_limit');

  it.each<[string, Readonly<Record<number, Error>>, number[], number | string]>([
    ['all are sent again where none is refused', {}, [1, 2, 3, 4], 4],
    ['those behind one that is refused are sent, and only what is sent counts', { 1: gone }, [2, 3, 4], 3],
    ['any number may be refused', { 1: gone, 2: invalid, 3: gone }, [4], 1],
    [
      'an outage at one is no reason not to try the others, and to ask for all of them later',
      { 2: away },
      [1, 3, 4],
      'No answer',
    ],
    ['a second outage ends the round', { 1: away, 2: away }, [], 'No answer'],
    ['a limit ends the round at once', { 2: limited }, [1], 'Too many requests'],
    ['a mistake of ours is one', { 2: new Error('a bug') }, [1], 'a bug'],
  ])('%s', async (_, refusals, requested, counted) => {
    expect(await requestedOf(refusals)).toEqual({ requested, counted });
  });
});
