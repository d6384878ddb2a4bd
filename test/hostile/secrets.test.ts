import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
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
const REFUSALS = [400, 401, 402, 403, 404, 413, 422, 429, 500, 529];
const ONE = [aComponent('limiter')];

let stage: Stage;
let github: EchoingProxy;
let providers: EchoingProxy;
const children: Left[] = [];

beforeAll(async () => {
  stage = await openStage(
    async (services) => {
      const base = new URL(services.models.anthropicUrl).origin;
      // Whoever fetches waits for its answer meanwhile.
      github = await startEchoingProxy(services.github.url, (request) => {
        if (request.url?.includes('.git/')) children.push(...childrenOf(`DATA_DIR=${services.dataDir}`));
      });
      providers = await startEchoingProxy(base);
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
});

const isTurn = ({ method }: IncomingMessage): boolean => method === 'POST';

/** Every provider refuses with every status; what people then read is in the comments of the issues. */
async function refusedByEveryProvider(): Promise<void> {
  await Promise.all(
    MODELS.map(async (model) => {
      const settings = `${PLAINLY}models: { planner: { model: ${model} } }\n`;
      const provider = model.slice(0, model.indexOf('/'));
      const scene = await anIssue(stage, { components: ONE, settings });
      for (const status of REFUSALS) {
        const refused = Promise.withResolvers<void>();
        refusing.set(`/${provider}/`, { status, refused: refused.resolve });
        await scene.comment('wanda', '/plan');
        await refused.promise;
        await scene.statusIs('failed');
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
  ['POST', /\/git\/trees$/, [422, 401]],
  ['POST', /\/git\/refs$/, [422]],
  ['POST', /\/pulls$/, [422, 500]],
  ['POST', /\/comments$/, [403, 500]],
  ['POST', /\/check-runs$/, [422]],
  ['GET', /\/permission$/, [500]],
  ['GET', /\.git\/info\/refs/, [403, 500]],
  ['POST', /\.git\/git-upload-pack/, [401, 500]],
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
      await stage.github.until('an end', async () => ['failed', 'review'].includes(await scene.state()));
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

const keyLines = (key: string): string[] => key.split(/\r?\n/).filter((line) => line.length > 20 && !line.startsWith('---'));
