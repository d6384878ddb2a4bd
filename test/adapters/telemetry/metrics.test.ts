import { expect, it, test } from '@jest/globals';
import { createMetrics, type Metrics } from '../../../src/adapters/telemetry/metrics.ts';
import { NO_USAGE } from '../../../src/domain/model/usage.ts';
import type { Occurrence } from '../../../src/ports/telemetry.ts';

const task = { repository: { owner: 'acme', name: 'rocket', installation: 7 }, issue: 1 };
const rows = {
  tasks: async () => ({ review: 2, done: 5 }),
  queues: async () => [{ queue: 'plans', status: 'waiting', workflows: 3 }],
};

const textOf = async (metrics: Metrics): Promise<string> => (await metrics.expose()).text;
const series = async (metrics: Metrics, name: string): Promise<string[]> =>
  (await textOf(metrics)).split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

const aTurn = (more: Partial<Extract<Occurrence, { kind: 'turn' }>> = {}): Occurrence => ({
  kind: 'turn',
  task,
  workflow: 'plan:acme/rocket#1:1.1.1',
  role: 'planner',
  model: 'anthropic/opus',
  ms: 1_000,
  usage: { ...NO_USAGE, input: 10, cache_read: 20, output: 5, reasoning: 3 },
  failure: null,
  usd: 0.5,
  calls: 1,
  ...more,
});

test.each<[string, Occurrence, string, string[]]>([
  [
    'tokens of each kind, which do not overlap',
    aTurn(),
    'planwright_model_tokens_total',
    [
      'planwright_model_tokens_total{role="planner",model="anthropic/opus",kind="input"} 10',
      'planwright_model_tokens_total{role="planner",model="anthropic/opus",kind="cache_read"} 20',
      'planwright_model_tokens_total{role="planner",model="anthropic/opus",kind="cache_write"} 0',
      'planwright_model_tokens_total{role="planner",model="anthropic/opus",kind="output"} 5',
    ],
  ],
  [
    'a turn without a price apart from the dollars',
    aTurn({ usd: null }),
    'planwright_model_unpriced_turns_total',
    ['planwright_model_unpriced_turns_total{role="planner",model="anthropic/opus"} 1'],
  ],
  [
    'a turn that did not come back, by its reason',
    aTurn({ usage: null, usd: null, failure: 'unaffordable' }),
    'planwright_model_failed_turns_total',
    ['planwright_model_failed_turns_total{role="planner",model="anthropic/opus",reason="unaffordable"} 1'],
  ],
  [
    'dollars of a turn that did not come back, where its attempts are billed',
    aTurn({ failure: 'unavailable' }),
    'planwright_model_cost_dollars_total',
    ['planwright_model_cost_dollars_total{role="planner",model="anthropic/opus"} 0.5'],
  ],
  ['and not as one that did', aTurn({ failure: 'unavailable' }), 'planwright_model_turns_total', []],
  [
    'an error of a provider that was repeated',
    { kind: 'model_request', model: 'openai/gpt', ms: 10, failure: 'unavailable' },
    'planwright_model_errors_total',
    ['planwright_model_errors_total{model="openai/gpt",reason="unavailable"} 1'],
  ],
  [
    'a request without an answer',
    { kind: 'github_request', api: 'rest', method: 'GET', status: null, ms: 30_000, left: null },
    'planwright_github_requests_total',
    ['planwright_github_requests_total{api="rest",method="GET",status="none"} 1'],
  ],
  [
    'a delivery of an event that nobody subscribed to, as any other',
    { kind: 'delivery', outcome: 'accepted', event: 'invented', ms: 3, lag: null },
    'planwright_webhook_acknowledgement_seconds_count',
    ['planwright_webhook_acknowledgement_seconds_count{event="other"} 1'],
  ],
  [
    'a wait that clocks make negative as none',
    { kind: 'dequeued', queue: 'tasks', waited: -40 },
    'planwright_queue_wait_seconds_sum',
    ['planwright_queue_wait_seconds_sum{queue="tasks"} 0'],
  ],
])('counts %s', async (_, what, name, expected) => {
  const metrics = createMetrics();
  metrics.report(what);
  expect(await series(metrics, name)).toEqual(expected);
});

it('reads rows only when it is read itself, and goes without them while the database is gone', async () => {
  const metrics = createMetrics((text) => text, rows);
  expect(await series(metrics, 'planwright_tasks')).toEqual([
    'planwright_tasks{state="review"} 2',
    'planwright_tasks{state="done"} 5',
  ]);
  expect(await series(metrics, 'planwright_queue_workflows')).toEqual([
    'planwright_queue_workflows{queue="plans",status="waiting"} 3',
  ]);
  const gone = () => Promise.reject(new Error('the database is gone'));
  const without = createMetrics((text) => text, { tasks: gone, queues: gone });
  expect(await series(without, 'planwright_tasks')).toEqual([]);
  expect(await textOf(without)).toContain('process_cpu_seconds_total');
});

it('makes no more series than it must, whatever repositories, installations and events are called', async () => {
  const metrics = createMetrics();
  for (let i = 0; i < 1_000; i++) {
    metrics.report(aTurn({ model: `compatible/model-${i}` }));
    metrics.report({ kind: 'model_request', model: `compatible/model-${i}`, ms: 1, failure: null });
    metrics.report({ kind: 'delivery', outcome: 'accepted', event: `event_${i}`, ms: 1, lag: 1 });
    const left = { installation: `${i}`, resource: `resource-${i}`, limit: 5_000, remaining: 1, reset: 1 };
    metrics.report({ kind: 'github_request', api: 'rest', method: 'GET', status: 200, ms: 1, left });
  }
  expect(await series(metrics, 'planwright_model_turns_total')).toHaveLength(51);
  expect(await series(metrics, 'planwright_webhook_acknowledgement_seconds_count')).toHaveLength(1);
  expect((await series(metrics, 'planwright_github_rate_limit_remaining')).length).toBeLessThan(120);
  expect((await textOf(metrics)).split('\n').length).toBeLessThan(3_000);
});

it('follows the conventions: base units, counters that end in _total, a help text for each', async () => {
  const metrics = createMetrics((text) => text, rows);
  const lines = (await textOf(metrics)).split('\n');
  const ours = lines.filter((line) => line.startsWith('# TYPE planwright_'));
  expect(ours.length).toBeGreaterThan(15);
  for (const declared of ours) {
    const [, , name = '', type] = declared.split(' ');
    expect(name).toMatch(/^planwright_[a-z_]+$/);
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(lines.some((line) => line.startsWith(`# HELP ${name} `) && line.length > `# HELP ${name} `.length)).toBe(true);
  }
});
