import { setTimeout as delay } from 'node:timers/promises';
import { createModels } from '../src/adapters/models/models.ts';
import { priceOfWith } from '../src/adapters/prices/price-of.ts';
import { SHIPPED_PRICES } from '../src/adapters/prices/shipped-prices.ts';
import type { LoopPorts } from '../src/agent/loop.ts';
import type { Models } from '../src/ports/model.ts';
import { cost, totalSpend } from '../src/replies/phrases/figures.ts';
import { reviewComponent } from '../src/reviewer/review-component.ts';
import { memorySnapshot } from '../test/executor/memory-snapshot.ts';
import { BEFORE, COMPONENT, DEVIATIONS, FAITHFUL_VARIANTS } from '../test/reviewer/deviations.ts';
import { findDeviations } from '../test/reviewer/mechanical-reviewer.ts';
import { startLocalModels } from '../test/support/models/local-models.ts';
import { saidTo } from '../test/support/models/seen-request.ts';
import { type Figure, figuresOf } from './figure.ts';

const CLOCK = { now: Date.now, sleep: (ms: number) => delay(ms) };
const DEFAULT_MODEL = 'anthropic/claude-opus-5-5';
/** A model that reviews the same thing twice does not always say the same. */
const ROUNDS = 3;

/**
 * What the review against the plan finds of twelve deviations, how often it objects to a faithful component, and what it costs. With
 * REVIEW_MODEL (`anthropic/...` or `openai/...`) and the provider's key in the environment it asks that model, which costs money; else
 * a local server answers by the mechanical reviewer of the tests, and the figures say what a review costs, not how good a model is.
 */
export async function benchReview(): Promise<Figure[]> {
  const { model, models, rounds, close } = await reviewer();
  const ports: LoopPorts = { models, clock: CLOCK, priceOf: priceOfWith([SHIPPED_PRICES]), record: (_, run) => run() };
  const review = async (files: Readonly<Record<string, string>>) => {
    const changes = COMPONENT.files.map(({ path }) => ({
      path,
      mode: '100644' as const,
      content: Buffer.from(files[path] ?? ''),
    }));
    const job = { effort: 'high' as const, cacheKey: 'bench', component: COMPONENT, snapshot: memorySnapshot(BEFORE), changes };
    const end = await reviewComponent({ ...job, models: [model] }, ports);
    if (end.kind === 'failed') throw new Error(end.reason);
    const { usd, tokens } = totalSpend(end.spend);
    return { findings: end.final.findings, usd: usd ?? 0, tokens };
  };
  try {
    const rows = [];
    const totals = { found: 0, objected: 0, usd: 0 };
    for (const { name, files, path } of [...DEVIATIONS, ...FAITHFUL_VARIANTS.map((one) => ({ ...one, path: null }))]) {
      const made = await Promise.all(Array.from({ length: rounds }, () => review(files)));
      const hits = made.filter(({ findings }) => (path === null ? findings.length > 0 : findings.some((f) => f.path === path)));
      totals[path === null ? 'objected' : 'found'] += hits.length;
      totals.usd += made.reduce((sum, { usd }) => sum + usd, 0);
      rows.push({
        component: path === null ? `faithful, ${name}` : name,
        [`found in ${rounds}`]: path === null ? '' : hits.length,
        [`objected in ${rounds}`]:
          path === null ? hits.length : made.filter(({ findings }) => findings.some((f) => f.path !== path)).length,
        tokens: Math.round(made.reduce((sum, { tokens }) => sum + tokens, 0) / rounds),
        'a review costs': cost(made.reduce((sum, { usd }) => sum + usd, 0) / rounds),
      });
    }
    console.log(`${model}: ${DEVIATIONS.length} deviations, ${FAITHFUL_VARIANTS.length} faithful components`);
    console.table(rows);
    return figuresOf(`review by ${model}`, {
      'deviations found': [totals.found / rounds, ''],
      'faithful components objected to': [totals.objected / rounds, ''],
      'a review costs': [totals.usd / rows.length / rounds, '$'],
    });
  } finally {
    await close();
  }
}

const asking = (endpoints: Parameters<typeof createModels>[0]['endpoints']): Models => {
  const models = createModels({ endpoints, clock: CLOCK });
  return { ...models, turn: (request) => models.turn(request, () => {}) };
};

interface Reviewer {
  readonly model: string;
  readonly models: Models;
  readonly rounds: number;
  close(): Promise<void>;
}

async function reviewer(): Promise<Reviewer> {
  const { REVIEW_MODEL: asked, ANTHROPIC_API_KEY, OPENAI_API_KEY } = process.env;
  if (asked !== undefined) {
    const endpoints = {
      ...(ANTHROPIC_API_KEY ? { anthropic: { apiKey: ANTHROPIC_API_KEY } } : {}),
      ...(OPENAI_API_KEY ? { openai: { apiKey: OPENAI_API_KEY } } : {}),
    };
    return { model: asked, models: asking(endpoints), rounds: ROUNDS, close: async () => {} };
  }
  const local = await startLocalModels();
  const answers = new Map<string, Awaited<ReturnType<typeof findDeviations>>>();
  local.script(
    () => true,
    (request) => ({
      calls: [{ name: 'submit_review', input: { findings: (answers.get(saidTo(request)) ?? []).map((f) => ({ ...f })) } }],
    }),
  );
  const models = asking({ anthropic: { apiKey: 'a-local-key', baseUrl: local.anthropicUrl } });
  return {
    model: DEFAULT_MODEL,
    // The script answers at once, so what it is to say is found out before the request is sent.
    models: {
      ...models,
      async turn(request) {
        const said = request.messages.map((m) => (m.role === 'user' ? m.text : '')).join('\n');
        answers.set(said, await findDeviations(said));
        return models.turn(request);
      },
    },
    rounds: 1,
    close: local.close,
  };
}
