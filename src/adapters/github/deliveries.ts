import type { Probot } from 'probot';
import type { DeliveriesFacet, DeliveryAttempt } from '../../ports/forge/deliveries.ts';
import { PAGE } from './access.ts';

/** The webhooks of the App itself, of all its installations together. */
export const deliveryOperations = (probot: Probot): DeliveriesFacet => ({
  async *deliveryAttempts(): AsyncGenerator<DeliveryAttempt> {
    const app = await probot.auth();
    for await (const page of app.paginate.iterator(app.rest.apps.listWebhookDeliveries, { per_page: PAGE })) {
      for (const { id, guid, delivered_at, status_code } of page.data)
        yield { id, guid, at: Date.parse(delivered_at), succeeded: status_code >= 200 && status_code < 300 };
    }
  },

  async redeliver(attempt) {
    const app = await probot.auth();
    await app.rest.apps.redeliverWebhookDelivery({ delivery_id: attempt });
  },
});
