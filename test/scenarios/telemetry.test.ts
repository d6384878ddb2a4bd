import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver.ts';
import { aPlannedIssue, PLAINLY, type Scene } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';

/** Words that only people's text and code contain, each at another place. */
const PEOPLES = {
  issue: 'xyzzy-in-the-issue',
  file: 'xyzzy_in_a_file',
  path: 'xyzzy-path',
  plan: 'xyzzy-in-the-plan',
  code: 'xyzzy_in_the_code',
  summary: 'xyzzy-in-the-summary',
  comment: 'xyzzy-in-a-comment',
  reasoning: 'xyzzy-in-the-reasoning',
};

let collector: OtlpReceiver;
let stage: Stage;
let scene: Scene & { readonly pullOfPlan: { readonly number: number } };

/** A whole task: labelled, planned, approved, built, reviewed, merged. */
beforeAll(async () => {
  collector = await startOtlpReceiver();
  stage = await openStage({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a-collectors-key',
  });
  const orders = aComponent('orders', {
    files: [{ path: `src/${PEOPLES.path}.js`, action: 'create', change: PEOPLES.plan }],
    purpose: PEOPLES.plan,
  });
  scene = await aPlannedIssue(stage, {
    components: [orders],
    more: { overview: `Orders are limited. ${PEOPLES.plan}.` },
    settings: PLAINLY,
    files: { 'src/secret.js': `export const ${PEOPLES.file} = 1;\n` },
    planner: (plan) => [
      {
        reasoning: PEOPLES.reasoning,
        calls: [{ name: 'read_file', input: { path: 'src/secret.js', from_line: null, to_line: null } }],
      },
      { calls: [{ name: 'submit_plan', input: plan }] },
    ],
    executors: {
      orders: [
        { calls: [{ name: 'create_file', input: { path: `src/${PEOPLES.path}.js`, content: `// ${PEOPLES.code}\n` } }] },
        { calls: [{ name: 'finish', input: { summary: PEOPLES.summary } }] },
      ],
    },
  });
  await scene.comment('rita', `/execute ${PEOPLES.comment}`);
  await scene.comment('wanda', `${PEOPLES.comment} is not a command`);
  await scene.approve('wanda', scene.pullOfPlan.number);
  const pull = await scene.pull('orders');
  await scene.componentsAre('1 open');
  await scene.merge('wanda', pull.number);
  await scene.statusIs('done');
  await scene.settled();
});
afterAll(async () => {
  await stage?.close();
  await collector?.close();
});

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly task?: string;
  readonly delivery?: string;
  readonly workflow?: string;
  readonly who?: string | null;
  readonly what?: string;
  readonly result?: string;
  readonly did?: readonly string[];
  readonly usd?: number;
}
const lines = (): Line[] => stage.bot.output.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line);
const taskName = (): string => `${scene.repository.fullName}#${scene.issue}`;
const ofTask = (msg: string): Line[] => lines().filter((line) => line.msg === msg && line.task === taskName());

it('logs one line for each thing that happened, with who, what, the result and the cost', () => {
  const handled = ofTask('signal handled');
  const plan = `plan:${taskName()}:1.1.1`;
  const component = `component:${taskName()}/orders:1`;
  const labelled = handled.filter(({ what }) => what === 'labelled');
  expect(labelled).toEqual([
    expect.objectContaining({ who: 'wanda', result: 'planning', did: expect.arrayContaining([`plan ${plan}`]) }),
  ]);
  // Whether the approval itself or another event of that moment is handled first is left to chance.
  expect(handled.filter(({ what }) => what === 'approved')).toEqual([
    expect.objectContaining({ who: 'wanda', result: 'executing' }),
  ]);
  expect(handled.flatMap(({ did = [] }) => did)).toContain(`execute ${component}`);
  expect(handled.filter(({ what, who }) => what === '/execute' && who === 'rita')).toHaveLength(1);

  expect(ofTask('work started').map(({ workflow }) => workflow)).toEqual([plan, component]);
  const [planned, opened] = ofTask('work ended');
  expect(planned).toMatchObject({
    workflow: plan,
    what: 'plan, revision 1',
    result: 'planned',
    pull: scene.pullOfPlan.number,
    turns: 2,
  });
  expect(opened).toMatchObject({ workflow: component, what: 'build orders, attempt 1', result: 'opened', turns: 2 });
  const turns = ofTask('model turn');
  expect(turns.map(({ workflow }) => workflow)).toEqual([plan, plan, component, component]);
  const paid = turns.reduce((sum, { usd }) => sum + (usd ?? 0), 0);
  expect(paid).toBeCloseTo((planned?.usd ?? 0) + (opened?.usd ?? 0), 9);
  expect(paid).toBeGreaterThan(0);
});

it("names the delivery that each person's act came with, so that GitHub's page of deliveries can be searched for it", () => {
  const delivered = new Set(stage.github.deliveries.map(({ guid }) => guid));
  const acts = ofTask('signal handled').filter(({ who }) => who !== null);
  expect(acts.length).toBeGreaterThan(2);
  for (const { delivery } of acts) expect(delivered).toContain(delivery);
});

it('never logs, counts or traces what people and models have written', async () => {
  const metrics = await (await fetch(`${stage.bot.url}/metrics`)).text();
  const said = [...stage.bot.output, metrics, ...collector.bodies].join('\n');
  for (const word of [...Object.values(PEOPLES), scene.plan.title, 'a-collectors-key', 'a-local-key'])
    expect(said).not.toContain(word);
  expect(lines().length).toBeGreaterThan(10);
});

/** The value of a metric's series, of those with these labels together; null where there is none. */
async function metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | null> {
  const text = await (await fetch(`${stage.bot.url}/metrics`)).text();
  const series = text.split('\n').flatMap((line) => {
    const [, found, given = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    const fits = found === name && Object.entries(labels).every(([key, wanted]) => given.includes(`${key}="${wanted}"`));
    return fits ? [Number(value)] : [];
  });
  return series.length === 0 ? null : series.reduce((a, b) => a + b);
}

it('counts tasks, turns, tokens, dollars, requests, deliveries and workflows', async () => {
  expect(await metric('planwright_tasks', { state: 'done' })).toBe(1);
  expect(await metric('planwright_model_turns_total', { role: 'planner', model: 'anthropic/claude-opus-5-5' })).toBe(2);
  expect(await metric('planwright_model_turns_total', { role: 'executor' })).toBe(2);
  expect(await metric('planwright_model_tokens_total', { role: 'planner', kind: 'output' })).toBeGreaterThan(0);
  const usd = ofTask('model turn').reduce((sum, line) => sum + (line.usd ?? 0), 0);
  expect(await metric('planwright_model_cost_dollars_total')).toBeCloseTo(usd, 9);
  expect(await metric('planwright_model_request_duration_seconds_count')).toBe(4);
  expect(await metric('planwright_model_errors_total')).toBeNull();
  expect(await metric('planwright_github_requests_total', { api: 'graphql', status: '200' })).toBeGreaterThan(0);
  expect(await metric('planwright_github_requests_total', { api: 'token', method: 'POST' })).toBeGreaterThan(0);
  expect(await metric('planwright_webhook_deliveries_total', { outcome: 'accepted' })).toBeGreaterThan(5);
  expect(await metric('planwright_webhook_acknowledgement_seconds_count', { event: 'issues' })).toBeGreaterThan(1);
  expect(await metric('planwright_webhook_delivery_lag_seconds_count', { event: 'issue_comment' })).toBeGreaterThan(1);
  expect(await metric('planwright_workflow_duration_seconds_count', { workflow: 'plan', outcome: 'planned' })).toBe(1);
  expect(await metric('planwright_workflow_duration_seconds_count', { workflow: 'component', outcome: 'opened' })).toBe(1);
  expect(await metric('planwright_queue_wait_seconds_count', { queue: 'tasks' })).toBeGreaterThan(5);
  expect(await metric('planwright_queue_wait_seconds_count', { queue: 'plans' })).toBe(1);
});

/** Spans of a task's traces, once everything that has ended has arrived. */
async function tracesOf(name: string): Promise<ReceivedSpan[][]> {
  const find = (): ReceivedSpan[] =>
    collector.spans.filter((span) => span.name === name && span.attributes['planwright.task'] === taskName());
  const roots = await stage.github.until(`the trace of ${name}`, () => find().length > 0 && find());
  return roots.map(({ traceId }) => collector.spans.filter((span) => span.traceId === traceId));
}

it("sends one trace for each run of a workflow, which is found by its task's attribute", async () => {
  const [trace = [], ...others] = await tracesOf('workflow component');
  expect(others).toEqual([]);
  const root = trace.find(({ parentSpanId }) => parentSpanId === '');
  expect(root).toMatchObject({
    name: 'workflow component',
    failed: false,
    attributes: { 'planwright.workflow': `component:${taskName()}/orders:1`, 'planwright.outcome': 'opened' },
    resource: { 'service.name': 'planwright' },
  });
  expect(collector.headers[0]).toMatchObject({ authorization: 'Bearer a-collectors-key' });

  // Every other span lies within the one above it, in this trace.
  const byId = new Map(trace.map((span) => [span.spanId, span]));
  for (const span of trace.filter((each) => each !== root)) {
    const parent = byId.get(span.parentSpanId);
    expect(parent).toBeDefined();
    expect(span.startNs >= (parent?.startNs ?? 0n)).toBe(true);
  }
  const chats = trace.filter(({ name }) => name === 'chat executor');
  expect(chats).toHaveLength(2);
  expect(chats[0]).toMatchObject({
    kind: 3,
    attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'anthropic', 'planwright.calls': 1 },
  });
  expect(byId.get(chats[0]?.parentSpanId ?? '')?.name).toBe('step turn');
  const commits = trace.filter(({ name }) => name === 'step commit');
  expect(commits).toHaveLength(1);
  const requests = trace.filter(({ parentSpanId }) => parentSpanId === commits[0]?.spanId);
  expect(requests.map(({ attributes }) => attributes['url.template'])).toContain('/repos/{owner}/{repo}/git/commits');

  expect(await tracesOf('workflow plan')).toHaveLength(1);
  const signals = await tracesOf('workflow advance');
  const roots = signals.map((spans) => spans.find(({ parentSpanId }) => parentSpanId === '')?.attributes);
  expect(roots).toContainEqual(
    expect.objectContaining({ 'planwright.signal': 'labelled', 'planwright.delivery': expect.any(String) }),
  );
});
