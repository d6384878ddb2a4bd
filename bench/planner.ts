import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createSnapshots } from '../src/adapters/git/snapshots.ts';
import { createModels } from '../src/adapters/models/models.ts';
import type { Json } from '../src/domain/json.ts';
import { addUsage, NO_USAGE, type Usage } from '../src/domain/model/usage.ts';
import { makePlan } from '../src/planner/make-plan.ts';
import type { Snapshot } from '../src/ports/snapshot.ts';
import { startGitServer } from '../test/adapters/git/git-server.ts';
import { type LocalModels, startLocalModels } from '../test/support/models/local-models.ts';
import type { ScriptedTurn } from '../test/support/models/scripted-turn.ts';
import type { SeenRequest } from '../test/support/models/seen-request.ts';
import { aComponent, aPlan } from '../test/support/shop.ts';
import { type Figure, figuresOf } from './figure.ts';
import { type BenchRepository, generatedRepository, thisRepository } from './repositories.ts';

/**
 * Bytes of UTF-8 that make a token, for want of the providers' tokenizers: English has about 4, code and JSON 3 to 4, so this is meant
 * to err on the high side.
 */
const BYTES_PER_TOKEN = 3.5;
const TOKEN = 'a-local-token';
/** With what the provider charges for a token read from or written to its cache, in uncached tokens. */
const MODELS = [
  { model: 'anthropic/claude-opus-5-5', weight: { cache_read: 0.1, cache_write: 1.25 } },
  { model: 'openai/gpt-6', weight: { cache_read: 0.1, cache_write: 1 } },
] as const;

const plan = aPlan([aComponent('limiter')]);
const read = (path: string) => ({ name: 'read_file', input: { path, from_line: null, to_line: null } });
/** Nine turns of exploring, three of them with parallel calls, and the plan twice. */
const TURNS: readonly ScriptedTurn[] = [
  { reasoning: 'Where are things?', calls: [{ name: 'list_files', input: { path: '.', glob: null } }, read('README.md')] },
  { reasoning: 'Who exports?', calls: [{ name: 'search', input: { pattern: 'export function', regex: false, path: null } }] },
  { calls: [read('package.json')] },
  { calls: [{ name: 'list_files', input: { path: '.', glob: '**/*.md' } }, read('AGENTS.md'), read('CONTRIBUTING.md')] },
  { calls: [{ name: 'search', input: { pattern: 'import .* from', regex: true, path: null } }] },
  { calls: [{ name: 'list_files', input: { path: '.', glob: '**/*.test.ts' } }] },
  { calls: [{ name: 'search', input: { pattern: 'order', regex: false, path: null } }] },
  { reasoning: 'Enough.', calls: [{ name: 'submit_plan', input: plan }] },
  { reasoning: 'What could go wrong?', calls: [{ name: 'submit_plan', input: plan }] },
];

export async function benchPlanner(): Promise<Figure[]> {
  const root = mkdtempSync(join(tmpdir(), 'planwright-bench-'));
  const server = await startGitServer(root, TOKEN);
  const models = await startLocalModels();
  models.script(() => true, TURNS);
  try {
    const repositories = [generatedRepository(root), thisRepository(root)].filter((r) => r !== null);
    const figures: Figure[] = [];
    for (const repository of repositories)
      figures.push(...(await measure(repository, { dataDir: root, gitUrl: server.url, models })));
    return figures;
  } finally {
    await Promise.all([server.close(), models.close()]);
    rmSync(root, { recursive: true, force: true });
  }
}

interface Surroundings {
  readonly dataDir: string;
  readonly gitUrl: string;
  readonly models: LocalModels;
}

async function measure({ name, commit }: BenchRepository, { dataDir, gitUrl, models }: Surroundings): Promise<Figure[]> {
  const snapshots = createSnapshots({
    dataDir: join(dataDir, 'data', name.replace('/', '-')),
    credential: async () => ({ url: `${gitUrl}/${name}.git`, token: TOKEN }),
    allowHttp: true,
  });
  const started = Date.now();
  const snapshot = await snapshots.open({ owner: 'bench', name: name.slice('bench/'.length), installation: 1 }, commit);
  const fetched = Date.now();
  const figures = figuresOf(`planner, ${name}`, { fetch: [fetched - started, 'ms'] });
  console.log(`\n${name}: fetched in ${fetched - started} ms`);
  for (const [index, { model, weight }] of MODELS.entries()) {
    const from = models.requests.length;
    const asked = Date.now();
    const usages = await planWith(model, name, snapshot, models);
    const requests = models.requests.slice(from);
    // The listing is read by the first plan and kept: the second provider shows what a plan costs on a repository already known.
    const [first] = requests;
    if (!first) continue;
    if (index === 0) printPrefix(first, (await snapshot.entries()).size);
    console.log(`\n${model}: first call ${first.at - asked} ms after the ${index === 0 ? 'fetch' : 'start'}`);
    figures.push(
      ...figuresOf(`planner, ${name}, ${model}`, {
        'before the first call': [first.at - asked, 'ms'],
        'billed tokens of input': [printTurns(requests, usages, weight), ''],
      }),
    );
  }
  snapshots.close();
  return figures;
}

/** Plans, and gives back what the provider counted for each turn. */
async function planWith(model: string, repository: string, snapshot: Snapshot, local: LocalModels): Promise<Usage[]> {
  const clock = { now: Date.now, sleep: (ms: number) => delay(ms) };
  const endpoints = {
    anthropic: { apiKey: 'a-local-key', baseUrl: local.anthropicUrl },
    openai: { apiKey: 'a-local-key', baseUrl: local.openaiUrl },
  };
  const usages: Usage[] = [];
  const models = createModels({ endpoints, clock });
  const end = await makePlan(
    {
      models: [model],
      effort: 'high',
      images: null,
      facts: {
        repository,
        commit: snapshot.commit,
        issue: { number: 1, title: 'Limit the rate of orders', body: 'Too many orders arrive. '.repeat(40) },
        comments: [{ by: 'wanda', at: '2026-11-02T10:00:00Z', text: 'Ten a minute are enough.' }],
        references: [],
        notes: null,
        formerPlan: null,
        merged: [],
        blockers: [],
        maxComponents: 8,
        instructions: '',
      },
      snapshot,
      rules: {
        planPath: 'PLAN.md',
        settingsPath: '.github/planwright.yml',
        protectedPaths: [],
        mayChangeWorkflows: false,
        maxComponents: 8,
      },
      selfReview: true,
    },
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
  if (end.kind === 'failed') throw new Error(`the bench's planner failed: ${end.reason}`);
  return usages;
}

function printPrefix({ system, tools, messages }: SeenRequest, files: number): void {
  const opening = messages[0]?.role === 'user' ? messages[0].text : '';
  const parts = { system, tools: JSON.stringify(tools), brief: opening };
  const bytes = Object.entries(parts).map(([name, text]) => [name, Buffer.byteLength(text)] as const);
  const sum = bytes.reduce((total, [, size]) => total + size, 0);
  console.log(`prefix for ${files} files: ${inTokens(sum)} tokens, ${sum} bytes at ${BYTES_PER_TOKEN} bytes a token`);
  console.log(`  of these ${bytes.map(([name, size]) => `${name} ${inTokens(size)}`).join(', ')}`);
}

/** @returns the input in tokens as they are billed. */
function printTurns(
  requests: readonly SeenRequest[],
  usages: readonly Usage[],
  weight: Readonly<Record<'cache_read' | 'cache_write', number>>,
): number {
  const rows = requests.map(({ body }, index) => {
    const usage = usages[index] ?? NO_USAGE;
    return { turn: index + 1, sent: size(body), plain: size(withoutCaching(body)), ...usage };
  });
  console.table(
    rows.map(({ turn, sent, plain, input, cache_read, cache_write }) => ({
      turn,
      'bytes sent': sent,
      'bytes with caching off': plain,
      'tokens uncached': input,
      'read from cache': cache_read,
      'written to cache': cache_write,
    })),
  );
  const sum = usages.reduce(addUsage, NO_USAGE);
  const off = sum.input + sum.cache_read + sum.cache_write;
  const on = Math.round(sum.input + weight.cache_read * sum.cache_read + weight.cache_write * sum.cache_write);
  const [sent, plain] = [total(rows.map((r) => r.sent)), total(rows.map((r) => r.plain))];
  console.log(
    `caching on: ${sent} bytes, input billed as ${on} tokens; off: ${plain} bytes, ${off} tokens (${Math.round((100 * on) / off)}%)`,
  );
  return on;
}

const inTokens = (bytes: number): number => Math.ceil(bytes / BYTES_PER_TOKEN);
const size = (body: Json): number => Buffer.byteLength(JSON.stringify(body));
const total = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0);

/** The same request as it would be sent without asking for caching. */
const withoutCaching = (body: Json): Json =>
  JSON.parse(JSON.stringify(body, (key, value) => (key === 'cache_control' || key === 'prompt_cache_key' ? undefined : value)));
