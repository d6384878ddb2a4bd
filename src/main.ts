import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Logger, pino } from 'pino';
import { createSnapshots } from './adapters/git/snapshots.ts';
import { createProbot } from './adapters/github/client/create-probot.ts';
import { createGitHubForge } from './adapters/github/forge.ts';
import { createAppInspection } from './adapters/github/inspection.ts';
import { createSignIn } from './adapters/github/sign-in.ts';
import { createModels } from './adapters/models/models.ts';
import { useNetwork } from './adapters/network/use-network.ts';
import { priceOfWith } from './adapters/prices/price-of.ts';
import { openFileClaims } from './adapters/store/file-claim-table.ts';
import { openGoodSettings } from './adapters/store/good-settings-table.ts';
import { openHistory } from './adapters/store/history/history.ts';
import { historyReader } from './adapters/store/history/reader.ts';
import { openIntake } from './adapters/store/intake.ts';
import { launchEngine } from './adapters/store/launch-engine.ts';
import { openStore } from './adapters/store/open-store.ts';
import { countQueues } from './adapters/store/queue-counts.ts';
import { openReplica } from './adapters/store/replicas/replica.ts';
import { taskRows } from './adapters/store/retention/task-rows.ts';
import { workflowRows } from './adapters/store/retention/workflow-rows.ts';
import { openSpendTable } from './adapters/store/spend-table.ts';
import { openTaskStates } from './adapters/store/task-state-table.ts';
import { loggedError } from './adapters/telemetry/logged-error.ts';
import { createMetrics } from './adapters/telemetry/metrics.ts';
import { createTelemetry } from './adapters/telemetry/telemetry.ts';
import { withCacheWarmUp } from './agent/cache-warm-up.ts';
import { createSigner } from './dashboard/access/signed.ts';
import { createVisibility } from './dashboard/access/visibility.ts';
import { createDashboard, type DashboardOptions } from './dashboard/dashboard.ts';
import { createRecentProblems } from './dashboard/recent-problems.ts';
import { watchAppKey } from './doctor/app-key.ts';
import { type Inspections, runChecks } from './doctor/run-checks.ts';
import { failure, success } from './domain/outcome.ts';
import { createAdminServer } from './http/admin-server.ts';
import { createServer } from './http/server.ts';
import { inspectionsOf, pricesOf } from './inspect.ts';
import type { Clock } from './ports/clock.ts';
import type { Forge } from './ports/forge/forge.ts';
import type { NetworkUse } from './ports/inspection.ts';
import type { Pruner } from './ports/retention.ts';
import { type Environment, readEnvironment } from './settings/environment/environment.ts';
import { secretsIn } from './settings/environment/environment-secrets.ts';
import { spellingsOf } from './settings/environment/variable-spellings.ts';
import { settingsSource } from './settings/settings-source.ts';
import { keepThreads } from './text/in-thread.ts';
import { createExactRedactor, createRedactor, redactLogLine } from './text/redaction/redactor.ts';
import { receiveWebhooks } from './webhooks/receive.ts';
import { configureIntake } from './workflows/engine/durable-retry.ts';
import { WAITS, type Waits } from './workflows/engine/schedule.ts';
import { configureFence, finishSteps, registerQueues } from './workflows/engine/steps.ts';
import { registerWorkflows } from './workflows/register.ts';
import { registerRepositoryWork } from './workflows/repository/pushes.ts';
import { startRetention } from './workflows/repository/retention.ts';
import { createSweeps } from './workflows/repository/sweep.ts';
import type { WorkflowPorts } from './workflows/shared/ports.ts';

/**
 * After SIGTERM, deliveries in flight get this long, in milliseconds, then the running steps: a model turn takes minutes at worst.
 */
const DRAIN_MS = { deliveries: 5_000, steps: 60_000 };

/** How long a thread that has read a text waits for the next one. */
const THREADS_KEPT_MS = 30_000;

async function start(env: Environment, network: NetworkUse, waits: Waits): Promise<void> {
  keepThreads(THREADS_KEPT_MS);
  const secrets = secretsIn(env);
  const redact = createRedactor(secrets);
  const exact = createExactRedactor(secrets);
  // Every log line passes the redactor, whether this program or a library writes it.
  const problems = createRecentProblems();
  const written = (line: string): string => {
    const clean = redactLogLine(line, redact);
    problems.note(clean);
    return clean;
  };
  const log = pino({ level: env.logLevel, hooks: { streamWrite: written }, serializers: { err: loggedError } });
  const clock: Clock = { now: Date.now, sleep: (ms) => delay(ms) };
  const dataDir = resolve(env.dataDir);
  const prices = pricesOf(env.pricesFile);
  if (!prices.ok) throw new Error(prices.reason);
  const opened = await openStore({ databaseUrl: env.databaseUrl, dataDir, log, redact: exact, intake: waits.intake });
  if (!opened.ok) throw new Error(opened.reason);
  const store = opened.value;
  const replica = await openReplica({ store, dataDir, waits: waits.replicas, log });
  const taskStates = await openTaskStates(store.pool);
  const metrics = createMetrics(exact, { tasks: taskStates.counts, queues: () => countQueues(store.pool) });
  const traces = env.traces && (await openTracesOf(env.traces, replica.executor, log));
  const telemetry = createTelemetry(log, metrics, traces);
  const probot = await createProbot(
    {
      appId: env.appId,
      privateKey: env.privateKey,
      webhookSecret: env.webhookSecret,
      apiUrl: env.githubApiUrl,
      logLevel: env.logLevel === 'silent' ? 'fatal' : env.logLevel,
      log,
      secrets,
      paced: isRateLimited(env.githubApiUrl),
      limits: waits.limits,
      fence: replica.fence,
      pauses: replica.pauses,
      slots: replica.slots,
      telemetry,
    },
    clock,
  );
  const forge = servedBy(env, createGitHubForge(probot, env.githubServerUrl, clock));
  const settings = settingsSource(env.models, clock, await openGoodSettings(store.pool));
  replica.onSettingsPushed(settings.forget);
  const priceOf = priceOfWith(prices.value);
  const allowHttp = env.githubServerUrl.startsWith('http:');
  const snapshots = createSnapshots({ dataDir, credential: forge.gitCredential, allowHttp });
  const ports: WorkflowPorts = {
    forge,
    settings,
    checksGrace: env.checksGraceSeconds,
    clock,
    time: replica.time,
    turns: replica.turns,
    rounds: replica.rounds,
    statusTexts: replica.statusTexts,
    openTaskList: replica.openTasks,
    taskStates,
    waits,
    log,
    snapshots,
    models: withCacheWarmUp(
      createModels({
        endpoints: env.providers,
        clock,
        retries: waits.provider,
        log: log.warn.bind(log),
        redact,
        pauses: replica.pauses,
        telemetry,
      }),
      {
        clock,
        priceOf,
      },
    ),
    priceOf,
    spend: await openSpendTable(store.pool, store.shared && replica.executor),
    caps: env.caps,
    claims: await openFileClaims(store.pool),
    history: await openHistory({
      pool: store.pool,
      redact,
      retention: env.retention,
    }),
    dashboard: env.dashboard?.publicUrl ?? null,
    serverUrl: env.githubServerUrl,
    telemetry,
  };
  const workflows = registerWorkflows(ports);
  const repositories = registerRepositoryWork(ports, workflows);
  configureFence(replica.fence);
  const engine = await launchEngine({ pool: store.pool, log, register: () => {}, executor: replica.executor });
  configureIntake(await openIntake(store.intake, log));
  await registerQueues();
  const sweeps = createSweeps(ports, workflows);
  await replica.launched(engine, () => void sweeps.recover());

  let stopping = false;
  let slug: string | null = null;
  const ended = new AbortController();
  receiveWebhooks(probot, {
    appId: env.appId,
    slug: () => slug,
    isServed: (owner) => isServed(env, owner),
    workflows,
    repositories,
    settingsPushed(owner) {
      settings.forget(owner);
      replica
        .settingsPushed(owner)
        .catch((error: unknown) => log.warn({ err: error }, 'Other processes were not told that settings may have changed'));
    },
  });
  const answers = (): Promise<string | null> =>
    store.pool.query('SELECT 1').then(
      () => null,
      (error: unknown) => `The database does not answer: ${error instanceof Error ? error.message : String(error)}`,
    );
  const github = createAppInspection(probot, env.githubApiUrl);
  const keyRefusal = watchAppKey(async () => {
    const app = await github.app();
    if (app.ok) slug = app.value.slug;
    return app;
  }, clock.now);
  const server = createServer({
    probot,
    webhookSecret: env.webhookSecret,
    notReady: async () => (stopping ? 'Shutting down.' : ((await answers()) ?? (await keyRefusal()))),
    telemetry,
    metrics,
    showMetrics: env.admin === null,
    timeouts: { answerMs: waits.intake.answer },
    log,
  });
  const { port } = await server.listen(env.port, env.host);
  const reader = historyReader(store.reading);
  const pages = createDashboard({
    ...signInOf(env),
    reader,
    visibleTo: createVisibility({
      repositories: reader.repositories,
      permission: forge.permissionThrough,
      now: clock.now,
      keptMs: waits.access,
    }),
    serverUrl: env.githubServerUrl,
    limits: env.caps,
    problems,
    redact: exact,
    log,
    now: clock.now,
  });
  const admin = env.admin && createAdminServer(metrics, pages, log);
  if (admin && env.admin) {
    const at = await admin.listen(env.admin.port, env.admin.host);
    log.info(`The operator's pages are on http://${env.admin.host}:${at.port}`);
  }
  log.info(`Planwright listens on http://${env.host}:${port}, database: ${store.kind}`);

  const stop = async (code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    ended.abort();
    // Deliveries that arrive from now on are still made durable; others handle them.
    await engine.stopDequeuing();
    const handBack = (workflow: string): void => {
      engine
        .handBack(workflow)
        .catch((error: unknown) => log.warn({ err: error, workflow }, 'Work could not be handed to another process yet'));
    };
    const finished = finishSteps(DRAIN_MS.steps, store.shared && handBack);
    if (store.shared) await delay(waits.replicas.unready);
    await server.close(DRAIN_MS.deliveries);
    await admin?.close();
    await finished;
    await replica.leave(engine).catch((error: unknown) => log.warn({ err: error }, 'Work is left to be taken over'));
    await engine.close(0);
    await traces?.close();
    await store.close();
    process.exit(code);
  };
  process.once('SIGTERM', () => void stop(0));
  process.once('SIGINT', () => void stop(0));
  store.lost.addEventListener('abort', () => {
    log.fatal(String(store.lost.reason));
    void stop(1);
  });
  replica.lost.addEventListener('abort', () => {
    log.fatal(String(replica.lost.reason));
    // At once: whatever this process still did, another one is doing.
    process.exit(1);
  });

  // Readiness requests repeat this call; the first one also finds the name that people mention the App by.
  void keyRefusal();
  sweeps.start(replica.first, ended.signal);
  // Whatever keeps rows or files of tasks has its pruner here. Task states are removed last, because the others go by a task's end.
  const pruners: readonly Pruner[] = [
    ...workflowRows(store.pool, engine.remove),
    { name: 'mirrors', of: 'folder', prune: ({ ended: before }, limit) => snapshots.pruneUnused(before, limit) },
    ...taskRows(store.pool),
  ];
  const retention = { ...ports, pruners, days: env.retention.days, waits: waits.retention, compact: store.compact };
  startRetention(retention, ended.signal);
  const database = async () => {
    const problem = await answers();
    return problem === null ? success(`${store.kind}, answers`) : failure(problem);
  };
  await logChecks(env, inspectionsOf(env, { github, forge, models: ports.models, prices: prices.value, network, database }), log);
}

/** How people get into the dashboard. */
function signInOf(env: Environment): Pick<DashboardOptions, 'publicUrl' | 'token' | 'signIn' | 'signer'> {
  const { publicUrl = null, github = null, token = null } = env.dashboard ?? {};
  const { githubServerUrl: serverUrl, githubApiUrl: apiUrl } = env;
  return { publicUrl, token, signIn: github && createSignIn({ ...github, serverUrl, apiUrl }), signer: createSigner(env) };
}

const isServed = ({ allowedAccounts }: Environment, owner: string): boolean =>
  allowedAccounts?.includes(owner.toLowerCase()) ?? true;

/** The SDK is loaded only where it is used: it would add to the time of every start. */
async function openTracesOf({ endpoint, ...more }: NonNullable<Environment['traces']>, instance: string, log: Logger) {
  const { openTraces } = await import('./adapters/telemetry/traces.ts');
  const onProblem = (problem: string): void => log.warn({ problem }, 'Traces could not be sent');
  return openTraces({ url: `${endpoint}/v1/traces`, ...more, instance, onProblem });
}

/** Anyone can install a public App: the repositories of other accounts are ignored. */
function servedBy(env: Environment, forge: Forge): Forge {
  return {
    ...forge,
    async *repositories() {
      for await (const repository of forge.repositories()) if (isServed(env, repository.owner)) yield repository;
    },
  };
}

/** github.com and the other GitHub clouds limit requests; an Enterprise Server has no limits unless its owner switches them on. */
const isRateLimited = (apiUrl: string): boolean => /(^|\.)(github\.com|ghe\.com)$/.test(new URL(apiUrl).hostname);

/**
 * Logs what `planwright doctor` reports, so that the operator learns at start what people would otherwise learn on their issues.
 */
async function logChecks(env: Environment, inspections: Inspections, log: Logger): Promise<void> {
  try {
    const checks = await runChecks(env, inspections);
    for (const { name, status, detail, fix } of checks) {
      if (status === 'warn' || status === 'fail')
        log[status === 'fail' ? 'error' : 'warn']({ check: name, fix }, `${name}: ${detail}`);
    }
    log.info(`${checks.filter(({ status }) => status === 'ok').length} of ${checks.length} checks of this set-up passed`);
  } catch (error) {
    log.warn({ err: error }, 'The checks of this set-up could not be run');
  }
}

/** Runs Planwright as the environment says; ends the process when it cannot start. */
export async function run(waits: Waits = WAITS): Promise<void> {
  const network = useNetwork(process.env, process.env.DATA_DIR || './data');
  const environment = readEnvironment(process.env, (path) => readFileSync(path, 'utf8'));
  const problems = [...network.problems, ...(environment.ok ? [] : environment.reason)];
  if (!environment.ok || problems.length > 0) {
    console.error(`Planwright cannot start:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    if (isNothingConfigured(process.env) && process.stderr.isTTY) console.error(`\n${FIRST_STEP}`);
    process.exit(1);
  }
  await start(environment.value, network, waits).catch((error: unknown) => {
    const redact = createRedactor(secretsIn(environment.value));
    console.error(redact(`Planwright cannot start: ${error instanceof Error ? error.message : String(error)}`));
    process.exit(1);
  });
}

const FIRST_STEP =
  'No GitHub App yet? `npm run setup` makes one in your browser and writes .env; `npm run try` needs no App at all.';

const isNothingConfigured = (variables: NodeJS.ProcessEnv): boolean =>
  !variables.APP_ID && spellingsOf('PRIVATE_KEY').every((name) => !variables[name]);
