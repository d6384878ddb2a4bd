import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createModels } from '../../src/adapters/models/models.ts';
import { anIssue, aPlannedIssue, PLAINLY } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { type EchoingProxy, startEchoingProxy } from './echoing-proxy.ts';
import { childrenOf, filesIn, found, type Left, rowsIn } from './what-is-left.ts';

// Of no form that a rule knows: only who knows the exact values can take them out.
const PLANTED = {
  ANTHROPIC_API_KEY: 'planted+anthropic/9c1f7a52e0',
  OPENAI_API_KEY: 'planted+openai/41d2b87c6f',
  GEMINI_API_KEY: 'planted+gemini/5e90a3c7d1',
  COMPATIBLE_API_KEY: 'planted+compatible/b26f18e04a',
};
const MODELS = ['anthropic/claude-opus-5-5', 'openai/gpt-6', 'gemini/gemini-4-pro', 'compatible/some-model'];
/** In a task of its own; every other status is in the table below. */
const IN_TASKS = [401];
const REFUSALS = [
  400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 413, 415, 418, 422, 423, 424, 425, 429, 451, 498, 499, 500, 501, 502,
  503, 504, 507, 520, 529,
];
const ONE = [aComponent('limiter')];

let stage: Stage;
let github: EchoingProxy;
let providers: EchoingProxy;
/** Nothing is behind it. */
let echo: EchoingProxy;
const children: Left[] = [];

beforeAll(async () => {
  echo = await startEchoingProxy('http://127.0.0.1:9', { retryAfter: 3_600 });
  stage = await openStage(
    async (services) => {
      const base = new URL(services.models.anthropicUrl).origin;
      // Whoever fetches waits for its answer meanwhile.
      github = await startEchoingProxy(services.github.url, {
        seen: (request) => {
          if (request.url?.includes('.git/')) children.push(...childrenOf(`DATA_DIR=${services.dataDir}`));
        },
      });
      // So long that nobody tries again.
      providers = await startEchoingProxy(base, { retryAfter: 3_600 });
      const at = (url: string): string => url.replace(base, providers.url);
      return {
        ...PLANTED,
        GITHUB_API_URL: `${github.url}/api/v3`,
        GITHUB_SERVER_URL: github.url,
        ANTHROPIC_BASE_URL: at(services.models.anthropicUrl),
        OPENAI_BASE_URL: at(services.models.openaiUrl),
        GEMINI_BASE_URL: at(services.models.geminiUrl),
        COMPATIBLE_BASE_URL: at(services.models.compatibleUrl),
        ALLOWED_MODELS: MODELS.join(', '),
        LOG_LEVEL: 'trace',
      };
    },
    { step: { first: 1, factor: 1, tries: 2 }, fresh: { first: 1, factor: 1, tries: 2 }, signal: [1], git: [1] },
  );
});
afterAll(async () => {
  await stage?.close();
  github?.close();
  providers?.close();
  echo?.close();
});

const isTurn = ({ method }: IncomingMessage): boolean => method === 'POST';

/** Every provider refuses; what people then read is in the comments of the issues. */
async function refusedByEveryProvider(): Promise<void> {
  await Promise.all(
    MODELS.map(async (model) => {
      const settings = `${PLAINLY}models: { planner: { model: ${model} } }\nbudget: { usd_per_task: null }\n`;
      const provider = model.slice(0, model.indexOf('/'));
      const scene = await anIssue(stage, { components: ONE, settings });
      for (const status of IN_TASKS) {
        const refused = Promise.withResolvers<void>();
        refusing.set(`/${provider}/`, { status, refused: refused.resolve });
        await scene.comment('wanda', '/plan');
        await refused.promise;
        await stage.github.until('an end', async () => (await scene.state()) === 'failed');
      }
    }),
  );
}

const refusing = new Map<string, { readonly status: number; readonly refused: () => void }>();

function providerRefusal(request: IncomingMessage): number | null {
  const now = [...refusing].find(([path]) => request.url?.startsWith(path))?.[1];
  if (!now || !isTurn(request)) return null;
  now.refused();
  return now.status;
}

/** What GitHub and git refuse, once each, in a task of its own. */
const AT_GITHUB: readonly (readonly [string, RegExp, readonly number[]])[] = [
  ['POST', /\/git\/trees$/, [422]],
  ['POST', /\/pulls$/, [422]],
  ['POST', /\/comments$/, [403]],
  ['POST', /\/check-runs$/, [422]],
  ['GET', /\/permission$/, [500]],
  ['GET', /\.git\/info\/refs/, [403]],
  ['POST', /\.git\/git-upload-pack/, [500]],
];

it('no secret is left anywhere, whoever says it back', async () => {
  providers.refuse(providerRefusal);
  await refusedByEveryProvider();
  providers.refuse(() => null);

  const cases = AT_GITHUB.flatMap(([method, path, statuses]) => statuses.map((status) => ({ method, path, status })));
  const open: { repository: string; method: string; path: RegExp; status: number; refused: () => void }[] = [];
  github.refuse(({ method, url = '' }) => {
    const [path = ''] = url.split('?');
    const hit = open.find((one) => one.method === method && one.path.test(path) && path.includes(`/${one.repository}`));
    if (!hit) return null;
    open.splice(open.indexOf(hit), 1);
    hit.refused();
    return hit.status;
  });
  await Promise.all(
    cases.map(async (one) => {
      const scene = await anIssue(stage, { components: ONE });
      const { promise, resolve } = Promise.withResolvers<void>();
      open.push({ ...one, repository: scene.repository.name, refused: resolve });
      await scene.comment('wanda', '/plan');
      await promise;
    }),
  );
  const whole = await aPlannedIssue(stage, { components: ONE });
  await whole.comment('wanda', '/execute');
  await whole.componentsAre('1 open');
  const metrics = await (await fetch(`${stage.bot.url}/metrics`)).text();
  await stage.bot.stop();

  const { privateKey, webhookSecret } = stage.github.app;
  const own = [...Object.values(PLANTED), webhookSecret, ...keyLines(privateKey)];
  const tokens = [...github.credentials];
  expect(tokens.length).toBeGreaterThan(4);
  for (const secret of Object.values(PLANTED)) expect([...providers.credentials]).toContain(secret);

  const written = stage.github.requests.filter(({ by }) => by.login === 'planwright[bot]');
  const places: Left[] = [
    { name: 'log', text: stage.bot.output.map((line) => line.replaceAll('\\n', '\n')).join('\n') },
    { name: 'metrics', text: metrics },
    ...written.map(({ method, path, body }) => ({ name: `${method} ${path}`, text: JSON.stringify(body ?? null) })),
    ...filesIn(stage.dataDir),
    ...(await rowsIn(join(stage.dataDir, 'pglite'))),
  ];
  expect(new Set(found([...own, ...tokens], places))).toEqual(new Set());
  expect(children.some(({ name }) => name.startsWith('environment of git'))).toBe(true);
  expect(new Set(found(own, children))).toEqual(new Set());
  expect(
    new Set(
      found(
        tokens,
        children.filter(({ name }) => name.startsWith('arguments')),
      ),
    ),
  ).toEqual(new Set());
  // The echo came back: what the providers said is in the log, without what it held.
  expect(stage.bot.output.some((line) => line.includes('You sent:') && line.includes('[redacted]'))).toBe(true);
});

it('a refusal with any status holds no key, neither in public nor in the log', async () => {
  const logged: unknown[] = [];
  const models = createModels({
    endpoints: Object.fromEntries(
      Object.entries(PLANTED).map(([variable, apiKey]) => {
        const provider = variable.slice(0, variable.indexOf('_')).toLowerCase();
        return [provider, { apiKey, baseUrl: `${echo.url}/${provider}` }];
      }),
    ),
    clock: { now: Date.now, sleep: async () => {} },
    log: (data, message) => void logged.push(data, message),
  });
  const public_: unknown[] = [];
  for (const status of REFUSALS) {
    echo.refuse(() => status);
    const request = {
      effort: null,
      maxTokens: 100,
      system: 's',
      tools: [],
      messages: [{ role: 'user', text: 'u' }],
      cacheKey: 'k',
    };
    public_.push(...(await Promise.all(MODELS.map((model) => models.turn({ ...request, model } as never, () => {})))));
  }
  expect(public_).toHaveLength(REFUSALS.length * MODELS.length);
  expect(JSON.stringify(public_)).not.toContain('You sent');
  expect(JSON.stringify(logged)).toContain('You sent');
  const places = [
    { name: 'public', text: JSON.stringify(public_) },
    { name: 'log', text: JSON.stringify(logged) },
  ];
  expect(found(Object.values(PLANTED), places)).toEqual([]);
});

const keyLines = (key: string): string[] => key.split(/\r?\n/).filter((line) => line.length > 20 && !line.startsWith('---'));
