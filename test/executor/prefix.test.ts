import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createModels } from '../../src/adapters/models/models.ts';
import { PROVIDER_NAMES, type Provider } from '../../src/domain/model/providers.ts';
import type { Usage } from '../../src/domain/model/usage.ts';
import type { Component } from '../../src/domain/plan/plan.ts';
import { implementComponent } from '../../src/executor/implement.ts';
import { renderPlanFile } from '../../src/plan-file/render.ts';
import { type LocalModels, startLocalModels } from '../support/models/local-models.ts';
import type { ScriptedTurn } from '../support/models/scripted-turn.ts';
import { type SeenRequest, saidTo } from '../support/models/seen-request.ts';
import { aComponent, aPlan, executing, SHOP_FILES } from '../support/shop.ts';
import { aJob } from './a-job.ts';
import { memorySnapshot } from './memory-snapshot.ts';

let local: LocalModels;
beforeEach(async () => {
  local = await startLocalModels();
});
afterEach(() => local.close());

const PLAN = aPlan([
  aComponent('limiter'),
  aComponent('metrics', { files: [{ path: 'lib/metrics.js', action: 'create', change: 'metrics' }] }),
  aComponent('routes', { depends_on: ['limiter'], contract: 'Every route takes a token first.\n\n'.repeat(120) }),
]);
const FILES = { ...SHOP_FILES, 'AGENTS.md': 'Be brief.\n', 'lib/AGENTS.md': 'Measure.\n' };

/** A component's conversation through the real adapters; what the provider counted for each turn. */
async function carriedOut(provider: Provider, component: Component, turns: readonly ScriptedTurn[]): Promise<Usage[]> {
  local.script((r) => saidTo(r).includes(`Your component is \`${component.id}\``), turns);
  const clock = { now: Date.now, sleep: (ms: number) => delay(ms) };
  const models = createModels({
    clock,
    endpoints: {
      anthropic: { apiKey: 'key', baseUrl: local.anthropicUrl },
      openai: { apiKey: 'key', baseUrl: local.openaiUrl },
      gemini: { apiKey: 'key', baseUrl: local.geminiUrl },
      compatible: { apiKey: null, baseUrl: local.compatibleUrl },
    },
  });
  const usages: Usage[] = [];
  const { end } = await implementComponent(
    aJob({
      models: [`${provider}/some-model`],
      planFile: renderPlanFile(PLAN, { issue: 7, revision: 1, model: 'anthropic/claude-opus-5-5', commit: 'c'.repeat(40) }),
      component,
      snapshot: memorySnapshot(FILES),
    }),
    {
      models: {
        ...models,
        async turn(request) {
          const answer = await models.turn(request, () => {});
          if (answer.ok) usages.push(answer.value.usage);
          return answer;
        },
      },
      clock,
      priceOf: () => null,
      record: (_, run) => run(),
    },
  );
  expect(end).toMatchObject({ kind: 'final', final: { kind: 'finished' } });
  return usages;
}

type Body = { readonly [key: string]: unknown };

/** What comes before the words that are a component's own, and everything a request says besides its messages. */
function sharedPart({ body }: SeenRequest): string {
  const { messages, input, ...rest } = body as Body;
  const said = JSON.stringify(messages ?? input);
  const own = said.indexOf('Your component is `');
  expect(own).toBeGreaterThan(0);
  return JSON.stringify(rest) + said.slice(0, own);
}

test.each(PROVIDER_NAMES)('%s is sent the same bytes for every component, up to the words that are its own', async (provider) => {
  for (const component of PLAN.components) await carriedOut(provider, component, executing(component));
  const first = local.requests.filter((r) => r.turn === 0);
  expect(first).toHaveLength(PLAN.components.length);
  expect(new Set(first.map(sharedPart)).size).toBe(1);
  expect(sharedPart(first[0] as SeenRequest)).toContain('Every route takes a token first.');
});

test('each turn reads the whole turn before it from the cache, and the next component the plan', async () => {
  const [limiter, metrics] = PLAN.components as [Component, Component];
  const look = (path: string) => ({ calls: [{ name: 'read_file', input: { path, from_line: null, to_line: null } }] });
  const many = { calls: Array.from({ length: 25 }, () => look('src/server.js').calls).flat() };
  const turns = [look('src/orders.js'), many, look('README.md'), look('package.json'), ...executing(limiter)];
  const usages = await carriedOut('anthropic', limiter, turns);
  expect(usages).toHaveLength(turns.length);
  for (const [nth, { input, cache_read, cache_write }] of usages.entries()) {
    const before = usages[nth - 1];
    expect(input).toBe(0);
    expect(cache_read).toBe(before ? before.cache_read + before.cache_write : 0);
    expect(cache_write).toBeGreaterThan(0);
  }
  const [other] = await carriedOut('anthropic', metrics, executing(metrics));
  expect(other?.cache_read).toBeGreaterThan(2 * (other?.cache_write ?? 0));
  expect(local.requests.map(({ body }) => breakpoints(body))).toEqual(
    local.requests.map(({ turn }) =>
      turn === 0 ? ['system', 'plan', 'own', 'rolling'] : ['system', 'plan', 'rolling', 'rolling'],
    ),
  );
});

/** Where a request to Anthropic, which has four of them, sets its breakpoints. */
function breakpoints(body: unknown): string[] {
  const { system, messages } = body as { system: Block[]; messages: { content: Block[] }[] };
  const marked = (blocks: readonly Block[]): boolean => blocks.some((b) => b.cache_control !== undefined);
  const last = messages.flatMap(({ content }, index) => (marked(content) ? [index] : []));
  const place = (index: number): string => {
    if (index === 0) return 'plan';
    return index === 1 && messages.length === 3 ? 'own' : 'rolling';
  };
  return [...(marked(system) ? ['system'] : []), ...last.map(place)];
}
type Block = { readonly cache_control?: object };

test('what every component begins with, the plan apart, takes less than 3,000 tokens', async () => {
  const [limiter] = PLAN.components as [Component];
  await carriedOut('anthropic', limiter, executing(limiter));
  const [first] = local.requests as [SeenRequest];
  const { system, tools } = first.body as Body;
  // English has about 4 bytes a token, code and JSON 3 to 4: this errs on the high side.
  expect(Buffer.byteLength(JSON.stringify([system, tools])) / 3.5).toBeLessThan(3_000);
});
