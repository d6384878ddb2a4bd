import { expect, it } from '@jest/globals';
import type { DeliveryAttempt } from '../../../src/ports/forge/deliveries.ts';
import { lostDeliveries } from '../../../src/workflows/repository/lost-deliveries.ts';

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
