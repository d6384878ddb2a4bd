import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { WEBHOOK_PATH } from '../../src/settings/app-facts.ts';
import { freshDatabase } from '../../test/support/fresh-database.ts';
import { type LocalGitHub, startLocalGitHub } from '../../test/support/github/local-github.ts';
import type { Load, Loaded } from './load.ts';
import { runToEnd, type Started, startListening } from './processes.ts';

const file = (name: string): string => join(import.meta.dirname, name);
const START = join(import.meta.dirname, '../../src/start.ts');

/** What stands behind the balancer. */
interface Arm {
  readonly servers: readonly Started[];
  /** How many of these deliveries the database has; null where nobody but the bot can look. */
  recorded(guids: readonly string[]): Promise<number | null>;
  close(): Promise<void>;
}

interface Stand {
  readonly github: LocalGitHub;
  /** What every bot is told. */
  readonly env: Readonly<Record<string, string>>;
}

const ARMS: Readonly<Record<string, (stand: Stand) => Promise<Arm>>> = {
  'bare Probot': bareProbot,
  'PostgreSQL, 1': (stand) => onPostgres(stand, 1),
  'PostgreSQL, 2': (stand) => onPostgres(stand, 2),
  'PostgreSQL, 4': (stand) => onPostgres(stand, 4),
  PGlite: onPglite,
};

/** Rates at which the embedded database is tried where others are given none of their own. */
const PGLITE_RATES = [10, 20, 30, 40, 50, 100];
const RATES = [50, 100, 200];

/**
 * Signed deliveries of a label that starts nothing, through a load balancer: the balancer, the generator and each server are processes of their own.
 * GitHub gives up after ten seconds.
 */
export async function benchAcknowledgement(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '60' },
      rates: { type: 'string' },
      arms: { type: 'string', default: 'bare Probot;PostgreSQL, 1;PostgreSQL, 2;PGlite' },
    },
  });
  const seconds = Number(values.seconds);
  const rates = values.rates?.split(',').map(Number);
  const stand = await setUp();
  const folder = mkdtempSync(join(tmpdir(), 'planwright-bench-'));
  try {
    const bodyFile = join(folder, 'delivery.json');
    writeFileSync(bodyFile, JSON.stringify(await irrelevantLabel(stand.github)));
    const rows: object[] = [];
    for (const name of values.arms.split(';')) {
      const open = ARMS[name];
      if (!open) throw new Error(`There is no arm ${name}; there are: ${Object.keys(ARMS).join('; ')}`);
      for (const rate of rates ?? (name === 'PGlite' ? PGLITE_RATES : RATES)) {
        const row = await measure(await open(stand), { rate, seconds, bodyFile, secret: stand.github.app.webhookSecret });
        rows.push({ server: name, 'a second': rate, ...row });
        console.log(`${name}, ${rate} a second: ${JSON.stringify(row)}`);
      }
    }
    console.table(rows);
  } finally {
    await stand.github.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(arm: Arm, load: Omit<Load, 'url' | 'event'>): Promise<object> {
  const balancer = await startListening(file('balancer.ts'), { args: arm.servers.map(({ url }) => url) });
  try {
    const send = async (rate: number, seconds: number): Promise<Loaded> =>
      JSON.parse(
        await runToEnd(file('generator.ts'), [
          JSON.stringify({ ...load, url: `${balancer.url}${WEBHOOK_PATH}`, event: 'issues', rate, seconds } satisfies Load),
        ]),
      ) as Loaded;
    // The first deliveries meet code that was not compiled yet.
    await send(10, 2);
    const { sent, accepted, refused, unanswered, p50, p99, most } = await send(load.rate, load.seconds);
    const recorded = await arm.recorded(accepted);
    return {
      sent,
      'p50 ms': Math.round(p50 * 10) / 10,
      'p99 ms': Math.round(p99),
      'most ms': Math.round(most),
      refused,
      unanswered,
      lost: recorded === null ? '-' : accepted.length - recorded,
    };
  } finally {
    await balancer.end();
    await arm.close();
  }
}

async function setUp(): Promise<Stand> {
  const github = await startLocalGitHub();
  const env = {
    APP_ID: String(github.app.id),
    PRIVATE_KEY: github.app.privateKey,
    WEBHOOK_SECRET: github.app.webhookSecret,
    GITHUB_API_URL: `${github.url}/api/v3`,
    GITHUB_SERVER_URL: github.url,
    ANTHROPIC_API_KEY: 'no-model-is-called',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'info',
  };
  return { github, env };
}

/** The payload of a label that starts nothing, as the local GitHub delivers it. */
async function irrelevantLabel(github: LocalGitHub): Promise<unknown> {
  const { owner, name: repo } = await github.addRepository({ owner: 'olga', name: 'shop', files: { 'README.md': 'A shop.\n' } });
  const { rest } = github.as('olga');
  const { number } = (await rest.issues.create({ owner, repo, title: 'Too many orders', body: 'They arrive.' })).data;
  await rest.issues.createLabel({ owner, repo, name: 'wontfix', color: 'ffffff' });
  await rest.issues.addLabels({ owner, repo, issue_number: number, labels: ['wontfix'] });
  const labelled = await github.until('the delivery', () =>
    github.deliveries.find(({ event, action }) => event === 'issues' && action === 'labeled'),
  );
  return labelled.payload;
}

async function bareProbot({ env }: Stand): Promise<Arm> {
  const server = await startListening(file('bare-app.ts'), { env });
  return { servers: [server], recorded: async () => null, close: () => server.end() };
}

async function onPostgres(stand: Stand, replicas: number): Promise<Arm> {
  process.env.TEST_POSTGRES ??= 'postgresql://postgres@127.0.0.1:5432';
  const database = await freshDatabase();
  if (!database) throw new Error('TEST_POSTGRES is empty.');
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  // As a server is that people use.
  await client.query(`ALTER DATABASE ${client.database} SET synchronous_commit = on`);
  const bots = await Promise.all(Array.from({ length: replicas }, () => startBot(stand, { DATABASE_URL: database.url })));
  return {
    servers: bots,
    async recorded(guids) {
      const ids = guids.map((guid) => `delivery:${guid}`);
      const { rows } = await client.query('SELECT count(*) AS n FROM dbos.workflow_status WHERE workflow_uuid = ANY ($1)', [ids]);
      return Number(rows[0].n);
    },
    async close() {
      await Promise.all(bots.map((bot) => bot.end()));
      await client.end();
      await database.drop();
    },
  };
}

async function onPglite(stand: Stand): Promise<Arm> {
  const bot = await startBot(stand, {});
  return { servers: [bot], recorded: async () => null, close: () => bot.end() };
}

/** The product, in a folder of its own and with the waits it has. */
async function startBot({ env }: Stand, more: Readonly<Record<string, string>>): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'planwright-bench-'));
  const bot = await startListening(START, { args: ['serve'], env: { ...env, ...more, DATA_DIR: folder } });
  return {
    ...bot,
    async end() {
      await bot.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
