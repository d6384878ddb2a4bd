import type { Probot } from 'probot';
import type { DeliveriesFacet, DeliveryAttempt } from '../../ports/forge/deliveries.ts';
import { PAGE } from './access.ts';

/** 0 is GitHub's for a connection that failed or took too long; the others are a proxy's, and ours while the database is away. */
const UNREACHED: ReadonlySet<number> = new Set([0, 408, 429, 502, 503, 504]);

const outcomeOf = (status: number): DeliveryAttempt['outcome'] => {
  if (status >= 200 && status < 300) return 'accepted';
  return UNREACHED.has(status) ? 'unreached' : 'rejected';
};

/** The webhooks of the App itself, of all its installations together. */
export const deliveryOperations = (probot: Probot): DeliveriesFacet => ({
  async *deliveryAttempts(): AsyncGenerator<DeliveryAttempt> {
    const app = await probot.auth();
    for await (const page of app.paginate.iterator(app.rest.apps.listWebhookDeliveries, { per_page: PAGE })) {
      for (const { id, guid, delivered_at, status_code } of page.data)
        yield { id, guid, at: Date.parse(delivered_at), outcome: outcomeOf(status_code) };
    }
  },

  async redeliver(attempt) {
    const app = await probot.auth();
    await app.rest.apps.redeliverWebhookDelivery({ delivery_id: attempt });
  },
});
