import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { DeliveryOutcome, Exposition, LimitLeft, Occurrence } from '../../ports/telemetry.ts';
import type { Redactor } from '../../text/redaction/redactor.ts';
import { boundedLabel, oneOf } from './bounded-label.ts';

/** What is counted when the metrics are read, and not before. */
export interface CountedRows {
  /** Tasks by state. */
  tasks(): Promise<Readonly<Record<string, number>>>;
  /** Workflows that wait in each queue or run from it. */
  queues(): Promise<readonly { readonly queue: string; readonly status: string; readonly workflows: number }[]>;
}

export interface Metrics extends Exposition {
  report(what: Occurrence): void;
}

/** The events that the App subscribes to; GitHub does not sign the header that names one. */
const EVENTS = new Set([
  'check_run',
  'check_suite',
  'installation',
  'installation_repositories',
  'installation_target',
  'issue_comment',
  'issues',
  'ping',
  'pull_request',
  'pull_request_review',
  'push',
  'repository',
  'status',
]);

const MODELS_TOLD_APART = 50;
const INSTALLATIONS_TOLD_APART = 100;
const RESOURCES_TOLD_APART = 10;

/** Seconds. */
const BUCKETS = {
  acknowledgement: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 9],
  lag: [0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400],
  request: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  model: [0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640],
  wait: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1_800],
  workflow: [0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60, 180, 600, 1_800, 3_600],
};

/**
 * Everything under `planwright_`, and the process's own figures, in a registry of their own so that two servers in one process do not collide.
 * Figures are this process's, except those of rows, which every process on the database reads alike.
 */
export function createMetrics(redact: Redactor = (text) => text, rows: CountedRows | null = null): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const deliveries = new Counter({
    name: 'planwright_webhook_deliveries_total',
    help: 'Webhook deliveries by what became of them',
    labelNames: ['outcome'],
    registers,
  });
  const acknowledgement = new Histogram({
    name: 'planwright_webhook_acknowledgement_seconds',
    help: 'From the first byte of a verified delivery to its answer',
    labelNames: ['event'],
    buckets: BUCKETS.acknowledgement,
    registers,
  });
  const lag = new Histogram({
    name: 'planwright_webhook_delivery_lag_seconds',
    help: 'From the event on GitHub to the arrival of its delivery, as far as the payload tells (whole seconds)',
    labelNames: ['event'],
    buckets: BUCKETS.lag,
    registers,
  });
  const requests = new Counter({
    name: 'planwright_github_requests_total',
    help: 'Requests to GitHub by API, method and status; none: no answer came',
    labelNames: ['api', 'method', 'status'],
    registers,
  });
  const requestTime = new Histogram({
    name: 'planwright_github_request_duration_seconds',
    help: "GitHub's answers",
    labelNames: ['api'],
    buckets: BUCKETS.request,
    registers,
  });
  const limitLabels = ['installation', 'resource'] as const;
  const remaining = new Gauge({
    name: 'planwright_github_rate_limit_remaining',
    help: 'What was left of a limit with the last answer',
    labelNames: limitLabels,
    registers,
  });
  const limit = new Gauge({
    name: 'planwright_github_rate_limit_limit',
    help: 'The limit itself',
    labelNames: limitLabels,
    registers,
  });
  const reset = new Gauge({
    name: 'planwright_github_rate_limit_reset_timestamp_seconds',
    help: 'When the limit is full again',
    labelNames: limitLabels,
    registers,
  });
  const ofModel = ['role', 'model'] as const;
  const turns = new Counter({
    name: 'planwright_model_turns_total',
    help: 'Turns that models gave',
    labelNames: ofModel,
    registers,
  });
  const tokens = new Counter({
    name: 'planwright_model_tokens_total',
    help: 'Tokens by direction; the four kinds do not overlap',
    labelNames: [...ofModel, 'kind'],
    registers,
  });
  const dollars = new Counter({
    name: 'planwright_model_cost_dollars_total',
    help: 'US dollars for turns whose price is known',
    labelNames: ofModel,
    registers,
  });
  const unpriced = new Counter({
    name: 'planwright_model_unpriced_turns_total',
    help: 'Turns whose price is not known, and which the dollars therefore lack',
    labelNames: ofModel,
    registers,
  });
  const failedTurns = new Counter({
    name: 'planwright_model_failed_turns_total',
    help: 'Turns that did not come back, after all retries',
    labelNames: [...ofModel, 'reason'],
    registers,
  });
  const modelErrors = new Counter({
    name: 'planwright_model_errors_total',
    help: 'Requests to providers that failed, those that were then repeated among them',
    labelNames: ['model', 'reason'],
    registers,
  });
  const modelTime = new Histogram({
    name: 'planwright_model_request_duration_seconds',
    help: 'Requests to providers that gave a turn, to its last token',
    labelNames: ['model'],
    buckets: BUCKETS.model,
    registers,
  });
  const waits = new Histogram({
    name: 'planwright_queue_wait_seconds',
    help: 'From the moment work is due to its start',
    labelNames: ['queue'],
    buckets: BUCKETS.wait,
    registers,
  });
  const workflows = new Histogram({
    name: 'planwright_workflow_duration_seconds',
    help: 'Runs of workflows, by how they ended; a run that another process continues is two',
    labelNames: ['workflow', 'outcome'],
    buckets: BUCKETS.workflow,
    registers,
  });
  const pruned = new Counter({
    name: 'planwright_pruned_total',
    help: 'Rows and mirrors that retention has removed',
    labelNames: ['what'],
    registers,
  });
  if (rows) {
    new Gauge({
      name: 'planwright_tasks',
      help: 'Tasks by state; the same in every process on the database',
      labelNames: ['state'],
      registers,
      async collect() {
        const counted = await rows.tasks().catch(() => ({}));
        this.reset();
        for (const [state, count] of Object.entries(counted)) this.set({ state }, count);
      },
    });
    new Gauge({
      name: 'planwright_queue_workflows',
      help: 'Workflows in a queue, waiting or running; the same in every process on the database',
      labelNames: ['queue', 'status'],
      registers,
      async collect() {
        const counted = await rows.queues().catch(() => []);
        this.reset();
        for (const { queue, status, workflows: count } of counted) this.set({ queue, status }, count);
      },
    });
  }

  const modelLabel = boundedLabel(MODELS_TOLD_APART);
  const installationLabel = boundedLabel(INSTALLATIONS_TOLD_APART);
  const resourceLabel = boundedLabel(RESOURCES_TOLD_APART);
  const eventLabel = oneOf(EVENTS);

  function delivered(outcome: DeliveryOutcome, { event, ms, lag: late }: Extract<Occurrence, { kind: 'delivery' }>): void {
    deliveries.inc({ outcome });
    if (event === null) return;
    acknowledgement.observe({ event: eventLabel(event) }, ms / 1_000);
    if (late !== null) lag.observe({ event: eventLabel(event) }, late / 1_000);
  }

  function took({ role, model: id, usage, usd, failure }: Extract<Occurrence, { kind: 'turn' }>): void {
    const model = modelLabel(id);
    if (failure === null) turns.inc({ role, model });
    else failedTurns.inc({ role, model, reason: failure });
    if (usage === null) return;
    const { input, cache_read, cache_write, output } = usage;
    for (const [kind, count] of Object.entries({ input, cache_read, cache_write, output }))
      tokens.inc({ role, model, kind }, count);
    if (usd === null) unpriced.inc({ role, model });
    else dollars.inc({ role, model }, usd);
  }

  function noteLimit({ installation, resource, ...left }: LimitLeft): void {
    const labels = { installation: installationLabel(installation), resource: resourceLabel(resource) };
    remaining.set(labels, left.remaining);
    limit.set(labels, left.limit);
    reset.set(labels, left.reset);
  }

  return {
    report(what) {
      switch (what.kind) {
        case 'delivery':
          return delivered(what.outcome, what);
        case 'github_request': {
          const { api, method, status, ms, left } = what;
          requests.inc({ api, method, status: status === null ? 'none' : String(status) });
          requestTime.observe({ api }, ms / 1_000);
          if (left) noteLimit(left);
          return;
        }
        case 'model_request': {
          const model = modelLabel(what.model);
          if (what.failure === null) modelTime.observe({ model }, what.ms / 1_000);
          else modelErrors.inc({ model, reason: what.failure });
          return;
        }
        case 'turn':
          return took(what);
        case 'dequeued':
          return waits.observe({ queue: what.queue }, Math.max(0, what.waited) / 1_000);
        case 'workflow':
          return workflows.observe({ workflow: what.name, outcome: what.outcome }, what.ms / 1_000);
        case 'pruned':
          return pruned.inc({ what: what.what }, what.removed);
        case 'signal':
        case 'work_started':
        case 'work_ended':
        case 'repository':
          return;
      }
    },
    expose: async () => ({ contentType: registry.contentType, text: redact(await registry.metrics()) }),
  };
}
