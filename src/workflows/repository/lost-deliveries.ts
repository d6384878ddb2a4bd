import type { DeliveryAttempt } from '../../ports/forge/deliveries.ts';
import type { Forge } from '../../ports/forge/forge.ts';

/** What fails for this many attempts fails on its content, and would for ever. */
const MAX_ATTEMPTS = 5;

/** Of each delivery that never succeeded its latest attempt, the oldest delivery first, so that events arrive in their order. */
export function lostDeliveries(attempts: readonly DeliveryAttempt[]): DeliveryAttempt[] {
  const byGuid = Map.groupBy(attempts, ({ guid }) => guid);
  const lost = [...byGuid.values()].filter((all) => !all.some((a) => a.succeeded) && all.length < MAX_ATTEMPTS);
  return lost
    .map((all) => all.reduce((a, b) => (b.at > a.at || (b.at === a.at && b.id > a.id) ? b : a)))
    .sort((a, b) => a.at - b.at || a.id - b.id);
}

/** Asks GitHub, which does not do so by itself, to deliver again what was lost since then; says how many deliveries that were. */
export async function redeliverLost(forge: Forge, since: number): Promise<number> {
  const attempts: DeliveryAttempt[] = [];
  for await (const attempt of forge.deliveryAttempts()) {
    if (attempt.at < since) break;
    attempts.push(attempt);
  }
  const lost = lostDeliveries(attempts);
  for (const { id } of lost) await forge.redeliver(id);
  return lost.length;
}
