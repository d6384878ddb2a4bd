import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { WEBHOOK_PATH } from '../../src/settings/app-facts.ts';
import { freshDatabase } from '../../test/support/fresh-database.ts';
import { type LocalGitHub, startLocalGitHub } from '../../test/support/github/local-github.ts';
import { botVariables, onServer, startProduct } from '../bot-variables.ts';
import { type Figure, figuresOf } from '../figure.ts';
import { runToEnd, type Started, startListening } from '../processes.ts';
import type { Load, Loaded } from './load.ts';

const file = (name: string): string => join(import.meta.dirname, name);

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

/** A second, upwards. Those up to the last that has to be measured are measured in any case, the others until one is not held. */
const RATES = [50, 100, 150, 200, 300, 400, 600];
const MEASURED_ANYWAY = 200;
/** A rate is held if all deliveries are accepted and recorded, and 99 of 100 within this time. */
const HELD_MS = 100;

/**
 * Signed deliveries of a label that starts nothing, through a load balancer: the balancer, the generator and each server are processes of their own.
 * GitHub gives up after ten seconds.
 */
export async function benchAcknowledgement(args: readonly string[]): Promise<Figure[]> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '60' },
      rates: { type: 'string', default: RATES.join() },
      arms: { type: 'string', default: Object.keys(ARMS).join(';') },
    },
  });
  const seconds = Number(values.seconds);
  const rates = values.rates.split(',').map(Number);
  const stand = await setUp();
  const folder = mkdtempSync(join(tmpdir(), 'planwright-bench-'));
  const figures: Figure[] = [];
  try {
    const bodyFile = join(folder, 'delivery.json');
    writeFileSync(bodyFile, JSON.stringify(await irrelevantLabel(stand.github)));
    const rows: object[] = [];
    for (const name of values.arms.split(';')) {
      const open = ARMS[name];
      if (!open) throw new Error(`There is no arm ${name}; there are: ${Object.keys(ARMS).join('; ')}`);
      /** The highest with all lower ones. */
      let held = 0;
      let isHeld = true;
      for (const rate of rates) {
        if (!isHeld && rate > MEASURED_ANYWAY) break;
        const measured = await measure(await open(stand), { rate, seconds, bodyFile, secret: stand.github.app.webhookSecret });
        isHeld &&= measured.p99 <= HELD_MS && measured.notAccepted === 0 && (measured.lost ?? 0) === 0;
        if (isHeld) held = rate;
        rows.push({ server: name, 'a second': rate, ...rowOf(measured), held: isHeld });
        console.log(`${name}, ${rate} a second: ${JSON.stringify(rowOf(measured))}`);
        figures.push(...figuresIn(`acknowledgement, ${name}, ${rate} a second`, measured));
      }
      figures.push(...figuresOf(`acknowledgement, ${name}`, { 'rate held': [held, 'a second'] }));
    }
    console.table(rows);
  } finally {
    await stand.github.close();
    await rm(folder, { recursive: true, force: true });
  }
  return figures;
}

interface Measured extends Omit<Loaded, 'accepted'> {
  readonly notAccepted: number;
  /** Of those that were accepted; null where nobody but the bot can look. */
  readonly lost: number | null;
}

const rowOf = ({ sent, p50, p99, most, refused, unanswered, lost }: Measured): object => ({
  ...{ sent, 'p50 ms': Math.round(p50 * 10) / 10, 'p99 ms': Math.round(p99), 'most ms': Math.round(most) },
  ...{ refused, unanswered, lost: lost ?? '-' },
});

const figuresIn = (name: string, { p50, p99, notAccepted, lost }: Measured): Figure[] =>
  figuresOf(name, { p50: [p50, 'ms'], p99: [p99, 'ms'], 'not accepted': [notAccepted, ''], lost: [lost, ''] });

async function measure(arm: Arm, load: Omit<Load, 'url' | 'event'>): Promise<Measured> {
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
    const { accepted, ...loaded } = await send(load.rate, load.seconds);
    const recorded = await arm.recorded(accepted);
    return {
      ...loaded,
      notAccepted: loaded.sent - accepted.length,
      lost: recorded === null ? null : accepted.length - recorded,
    };
  } finally {
    await balancer.end();
    await arm.close();
  }
}

async function setUp(): Promise<Stand> {
  const github = await startLocalGitHub();
  const env = botVariables(github);
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
  await onServer();
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
  const bot = await startProduct({ ...env, ...more, DATA_DIR: folder });
  return {
    ...bot,
    async end() {
      await bot.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
