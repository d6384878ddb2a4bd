import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { createSnapshots } from './adapters/git/snapshots.ts';
import { createProbot } from './adapters/github/client/create-probot.ts';
import { createGitHubForge } from './adapters/github/forge.ts';
import { createModels } from './adapters/models/models.ts';
import { type Prices, parsePrices } from './adapters/prices/parse-prices.ts';
import { priceOfWith } from './adapters/prices/price-of.ts';
import { priceWarnings } from './adapters/prices/price-warnings.ts';
import { SHIPPED_PRICES } from './adapters/prices/shipped-prices.ts';
import { launchEngine } from './adapters/store/launch-engine.ts';
import { openSpendTable } from './adapters/store/spend-table.ts';
import { openStore } from './adapters/store/open-store.ts';
import { withCacheWarmUp } from './agent/cache-warm-up.ts';
import { isWeakPlanner } from './domain/model/weak-planner.ts';
import { createMetrics } from './http/metrics.ts';
import { createServer } from './http/server.ts';
import type { Clock } from './ports/clock.ts';
import type { Forge } from './ports/forge/forge.ts';
import { type Environment, readEnvironment } from './settings/environment.ts';
import { secretsIn } from './settings/environment-secrets.ts';
import { settingsSource } from './settings/settings-source.ts';
import { createRedactor, redactLogLine } from './text/redactor.ts';
import { receiveWebhooks } from './webhooks/receive.ts';
import { WAITS, type Waits } from './workflows/engine/schedule.ts';
import { finishSteps, registerQueues } from './workflows/engine/steps.ts';
import { registerWorkflows } from './workflows/register.ts';
import { handleInstallationChanges } from './workflows/repository/installation-changes.ts';
import { registerRepositoryWork } from './workflows/repository/pushes.ts';
import { recoverTasks } from './workflows/repository/recover-tasks.ts';
import { startSweeps } from './workflows/repository/sweep.ts';
import type { WorkflowPorts } from './workflows/shared/ports.ts';

/** After SIGTERM, deliveries in flight get this long, in milliseconds, then the running steps: a model turn takes minutes at worst. */
const DRAIN_MS = { deliveries: 5_000, steps: 60_000 };

async function start(env: Environment, waits: Waits): Promise<void> {
  const redact = createRedactor(secretsIn(env));
  // Whoever writes a log line, this program or a library, it passes the redactor.
  const log = pino({ level: env.logLevel, hooks: { streamWrite: (line) => redactLogLine(line, redact) } });
  const clock: Clock = { now: Date.now, sleep: (ms) => delay(ms) };
  const dataDir = resolve(env.dataDir);
  const probot = await createProbot(
    {
      appId: env.appId,
      privateKey: env.privateKey,
      webhookSecret: env.webhookSecret,
      apiUrl: env.githubApiUrl,
      logLevel: env.logLevel === 'silent' ? 'fatal' : env.logLevel,
      log,
      paced: isRateLimited(env.githubApiUrl),
      limits: waits.limits,
    },
    clock,
  );
  const forge = servedBy(env, createGitHubForge(probot, env.githubServerUrl, clock));
  const settings = settingsSource(forge, env.models, clock);
  const prices = [SHIPPED_PRICES, ...(env.pricesFile === null ? [] : [readPrices(env.pricesFile)])];
  const priceOf = priceOfWith(prices);
  const opened = await openStore({ databaseUrl: env.databaseUrl, dataDir, log });
  if (!opened.ok) throw new Error(opened.reason);
  const store = opened.value;
  const ports: WorkflowPorts = {
    forge,
    settings,
    checksGrace: env.checksGraceSeconds,
    clock,
    waits,
    log,
    snapshots: createSnapshots({ dataDir, credential: forge.gitCredential, allowHttp: env.githubServerUrl.startsWith('http:') }),
    models: withCacheWarmUp(createModels({ endpoints: env.providers, clock, log: log.warn.bind(log), redact }), {
      clock,
      priceOf,
    }),
    priceOf,
    spend: await openSpendTable(store.pool),
    caps: env.caps,
  };
  const workflows = registerWorkflows(ports);
  const repositories = registerRepositoryWork(ports, workflows);
  const engine = await launchEngine({ pool: store.pool, log, register: () => {} });
  await registerQueues();

  const follow = handleInstallationChanges(ports, workflows);
  let stopping = false;
  const ended = new AbortController();
  receiveWebhooks(probot, {
    appId: env.appId,
    isServed: (owner) => isServed(env, owner),
    workflows,
    repositories,
    settingsPushed: settings.forget,
    async lookAgain(repository) {
      settings.forget(repository.owner);
      await recoverTasks(ports, workflows, [repository]);
    },
    installed: ({ installation, repositories }) => follow.installed(installation, repositories),
    left: ({ owner, names }) => follow.left(owner, names),
    moved: ({ from, repository }) => follow.moved(from, repository),
    ownerMoved: ({ from, installation }) => follow.ownerMoved(from, installation),
  });
  const server = createServer({
    probot,
    webhookSecret: env.webhookSecret,
    ready: async () => !stopping && (await store.pool.query('SELECT 1')).rowCount === 1,
    metrics: createMetrics(),
    log,
  });
  const { port } = await server.listen(env.port, env.host);
  log.info(`Planwright listens on http://${env.host}:${port}, database: ${store.kind}`);

  const stop = async (code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    ended.abort();
    await server.close(DRAIN_MS.deliveries);
    await finishSteps(DRAIN_MS.steps);
    await engine.close(0);
    await store.close();
    process.exit(code);
  };
  process.once('SIGTERM', () => void stop(0));
  process.once('SIGINT', () => void stop(0));
  store.lost.addEventListener('abort', () => {
    log.fatal(String(store.lost.reason));
    void stop(1);
  });

  for (const warning of priceWarnings([env.models.planner, env.models.executor], prices, clock.now())) log.warn(warning);
  await warnAboutModels(ports, env);
  startSweeps(ports, workflows, ended.signal);
}

const isServed = ({ allowedAccounts }: Environment, owner: string): boolean =>
  allowedAccounts?.includes(owner.toLowerCase()) ?? true;

/** An App that is public can be installed by anybody: the repositories of others are passed over. */
function servedBy(env: Environment, forge: Forge): Forge {
  return {
    ...forge,
    async *repositories() {
      for await (const repository of forge.repositories()) if (isServed(env, repository.owner)) yield repository;
    },
  };
}

/** github.com and its cloud siblings limit requests; an Enterprise Server has limits off unless its owner says otherwise. */
const isRateLimited = (apiUrl: string): boolean => /(^|\.)(github\.com|ghe\.com)$/.test(new URL(apiUrl).hostname);

function readPrices(path: string): Prices {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`PRICES_FILE ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`);
  }
  const parsed = parsePrices(text);
  if (!parsed.ok) throw new Error(`PRICES_FILE ${path} cannot be used.\n${parsed.reason.map((p) => `- ${p}`).join('\n')}`);
  return parsed.value;
}

/** Providers retire models within months: the operator should learn that at start-up, not people on their issues. */
async function warnAboutModels({ models, priceOf, log }: WorkflowPorts, env: Environment): Promise<void> {
  if (isWeakPlanner(env.models, priceOf))
    log.warn(
      `The planner ${env.models.planner} is cheaper than the executor ${env.models.executor}; usually it is the other way round`,
    );
  for (const model of new Set([env.models.planner, env.models.executor])) {
    if ((await models.knows(model)) === 'missing')
      log.warn(`The provider does not know ${model}: set PLANNER_MODEL or EXECUTOR_MODEL to a model it offers`);
  }
}

/** Runs Planwright as the environment says; ends the process when it cannot start. */
export async function run(waits: Waits = WAITS): Promise<void> {
  const environment = readEnvironment(process.env, (path) => readFileSync(path, 'utf8'));
  if (!environment.ok) {
    console.error(`Planwright cannot start:\n${environment.reason.map((problem) => `- ${problem}`).join('\n')}`);
    process.exit(1);
  }
  await start(environment.value, waits).catch((error: unknown) => {
    const redact = createRedactor(secretsIn(environment.value));
    console.error(redact(`Planwright cannot start: ${error instanceof Error ? error.message : String(error)}`));
    process.exit(1);
  });
}
