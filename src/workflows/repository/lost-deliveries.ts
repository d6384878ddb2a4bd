import type { DeliveryAttempt } from '../../ports/forge/deliveries.ts';
import type { Forge } from '../../ports/forge/forge.ts';

/** A delivery that is rejected this often is rejected because of its content, and always would be. */
const REJECTIONS_MAX = 5;
/** A day of sweeps: what nobody has taken by then may be what ends the process that takes it. */
const ATTEMPTS_MAX = 100;

/** The latest attempt of each delivery that never succeeded, however often nobody was there to take it, the oldest delivery first, so that events arrive in their order. */
export function lostDeliveries(attempts: readonly DeliveryAttempt[]): DeliveryAttempt[] {
  const byGuid = Map.groupBy(attempts, ({ guid }) => guid);
  const rejections = (all: readonly DeliveryAttempt[]): number => all.filter(({ outcome }) => outcome === 'rejected').length;
  const lost = [...byGuid.values()].filter(
    (all) => !all.some(({ outcome }) => outcome === 'accepted') && rejections(all) < REJECTIONS_MAX && all.length < ATTEMPTS_MAX,
  );
  return lost
    .map((all) => all.reduce((a, b) => (b.at > a.at || (b.at === a.at && b.id > a.id) ? b : a)))
    .sort((a, b) => a.at - b.at || a.id - b.id);
}

/**
 * Requests redelivery of what was lost since then, because GitHub does not redeliver automatically; returns the number of
 * deliveries.
 */
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
