import type { DeliveryAttempt } from '../../ports/forge/deliveries.ts';
import { ForgeError } from '../../ports/forge/forge-error.ts';
import type { WorkflowPorts } from '../shared/ports.ts';

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

/** By these GitHub says that it will never send a delivery again. */
const FINAL: ReadonlySet<number | null> = new Set([400, 404, 410, 422]);

/**
 * Requests redelivery of what was lost since then, because GitHub does not redeliver automatically. One that is refused does not hold up the
 * others.
 * @returns the number of deliveries that GitHub will send again
 * @throws ForgeError where the others are to be requested again later.
 */
export async function redeliverLost({ forge, log }: Pick<WorkflowPorts, 'forge' | 'log'>, since: number): Promise<number> {
  const attempts: DeliveryAttempt[] = [];
  for await (const attempt of forge.deliveryAttempts()) {
    if (attempt.at < since) break;
    attempts.push(attempt);
  }
  let requested = 0;
  let failed: ForgeError | null = null;
  for (const { id, guid } of lostDeliveries(attempts)) {
    try {
      await forge.redeliver(id);
      requested += 1;
    } catch (error) {
      if (!(error instanceof ForgeError) || error.retryAt !== null) throw error;
      log.warn({ err: error, delivery: guid }, 'GitHub does not send a lost webhook again');
      if (FINAL.has(error.status)) continue;
      // The first may have to do with its delivery; a second one shows that GitHub or the App's key is at fault.
      if (failed) throw failed;
      failed = error;
    }
  }
  if (failed) throw failed;
  return requested;
}
