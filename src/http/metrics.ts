import { Counter, collectDefaultMetrics, Registry } from 'prom-client';
import type { Redactor } from '../text/redaction/redactor.ts';

/**
 * What became of one webhook delivery: `accepted` handled; `late` handled, but after GitHub had its answer; `ignored` an unknown
 * event; `failed` a handler threw; `unsigned`, `forged`, `malformed`, `too_large`, `cut_off` refused or lost because of the
 * delivery; `busy`, `draining` refused because of our own state.
 */
export type DeliveryOutcome =
  | 'accepted'
  | 'late'
  | 'ignored'
  | 'failed'
  | 'unsigned'
  | 'forged'
  | 'malformed'
  | 'too_large'
  | 'cut_off'
  | 'busy'
  | 'draining';

export interface Metrics {
  countDelivery(outcome: DeliveryOutcome): void;
  /** In the text format of Prometheus. */
  expose(): Promise<{ contentType: string; text: string }>;
}

/** The process's own metrics and the deliveries, in a registry of their own so that two servers in one process do not collide. */
export function createMetrics(redact: Redactor = (text) => text): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const deliveries = new Counter({
    name: 'planwright_webhook_deliveries_total',
    help: 'Webhook deliveries by what became of them',
    labelNames: ['outcome'],
    registers: [registry],
  });
  return {
    countDelivery: (outcome) => deliveries.inc({ outcome }),
    expose: async () => ({ contentType: registry.contentType, text: redact(await registry.metrics()) }),
  };
}
