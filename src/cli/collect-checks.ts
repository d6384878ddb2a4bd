import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pino } from 'pino';
import { createProbot } from '../adapters/github/client/create-probot.ts';
import { createGitHubForge } from '../adapters/github/forge.ts';
import { createAppInspection } from '../adapters/github/inspection.ts';
import { createModels } from '../adapters/models/models.ts';
import { useNetwork } from '../adapters/network/use-network.ts';
import { inspectDatabase } from '../adapters/store/inspect-database.ts';
import { type Check, fail, ok, skipped } from '../doctor/check.ts';
import { machineChecks } from '../doctor/machine-checks.ts';
import { runChecks } from '../doctor/run-checks.ts';
import { inspectionsOf, machineOf, pricesOf } from '../inspect.ts';
import type { Clock } from '../ports/clock.ts';
import type { NetworkUse } from '../ports/inspection.ts';
import { type Environment, readEnvironment } from '../settings/environment/environment.ts';
import { secretsIn } from '../settings/environment/environment-secrets.ts';
import { createRedactor } from '../text/redaction/redactor.ts';

/** Every check that this environment allows. */
export async function collectChecks(variables: NodeJS.ProcessEnv): Promise<Check[]> {
  const dataDir = variables.DATA_DIR || './data';
  const network = useNetwork(variables, dataDir);
  const environment = readEnvironment(variables, (path) => readFileSync(path, 'utf8'));
  const problems = environment.ok ? [] : environment.reason;
  const prices = pricesOf(environment.ok ? environment.value.pricesFile : variables.PRICES_FILE?.trim() || null);
  if (!prices.ok) problems.push(prices.reason);
  if (!environment.ok || !prices.ok) {
    const fix = variables.APP_ID
      ? 'Set them in the environment or in .env.'
      : 'npm run setup makes the App and writes .env; .env.example has the rest.';
    return [
      ...problems.map((problem) => fail('environment', problem, fix)),
      ...(await machineChecks(machineOf(dataDir, network))),
      skipped('GitHub, database, models', 'need a valid environment'),
    ];
  }
  const checks = await runChecks(environment.value, await inspections(environment.value, { network, prices: prices.value }));
  const redact = createRedactor(secretsIn(environment.value));
  return [ok('environment', 'complete'), ...checks].map((check) => ({ ...check, detail: redact(check.detail) }));
}

/** A request that fails is repeated at once, because a person is waiting at the terminal. */
const IMPATIENT: Clock = { now: Date.now, sleep: async () => {} };

async function inspections(
  env: Environment,
  { network, prices }: { network: NetworkUse; prices: Parameters<typeof inspectionsOf>[1]['prices'] },
) {
  const probot = await createProbot(
    {
      appId: env.appId,
      privateKey: env.privateKey,
      webhookSecret: env.webhookSecret,
      apiUrl: env.githubApiUrl,
      logLevel: 'fatal',
      log: pino({ level: 'silent' }),
      paced: false,
    },
    IMPATIENT,
  );
  const dataDir = resolve(env.dataDir);
  return inspectionsOf(env, {
    github: createAppInspection(probot, env.githubApiUrl),
    forge: createGitHubForge(probot, env.githubServerUrl, IMPATIENT),
    models: createModels({ endpoints: env.providers, clock: IMPATIENT }),
    prices,
    network,
    database: () => inspectDatabase({ databaseUrl: env.databaseUrl, dataDir, readyUrl: `http://127.0.0.1:${env.port}/readyz` }),
  });
}
