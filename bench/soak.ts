// `npm run soak`: whole tasks and irrelevant signals, round after round, and what is left of them once retention has been there. It must not grow.
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { WEBHOOK_PATH } from '../src/settings/app-facts.ts';
import { freshDatabase } from '../test/support/fresh-database.ts';
import { makeTemplateDatabase } from '../test/support/make-templates.ts';
import { aPlannedIssue } from '../test/support/scenes.ts';
import { aComponent } from '../test/support/shop.ts';
import { openStage, type Stage } from '../test/support/stage.ts';
import { startFlags } from './bot-variables.ts';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '30' },
    signals: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '3' },
    store: { type: 'string', default: 'postgresql' },
    /** Without retention: what a task and a signal add. */
    keep: { type: 'boolean', default: false },
  },
});
const [tasks, signals, rounds] = [values.tasks, values.signals, values.rounds].map(Number) as [number, number, number];

/** A day is this short, and one day is kept. */
const DAY_MS = 15_000;
const HANDLED_MS = 5_000;
/** Each sweep reads what was delivered, and GitHub limits how often an App may ask. */
const SWEEP_MS = 45_000;
const NEVER_MS = 1e9;
const AT_ONCE = 4;
const SIGNALS_A_SECOND = 50;

/** What is kept by days of the calendar becomes older than that. */
const AGED = [
  // Or the audit refuses to be changed.
  'SET session_replication_role = replica',
  "UPDATE planwright.spend SET at = at - interval '2 months'",
  "UPDATE planwright.transcript SET at = at - interval '3 days'",
  "UPDATE planwright.task SET updated_at = updated_at - interval '3 days'",
  "UPDATE planwright.audit SET noted_at = noted_at - interval '3 days'",
  "UPDATE planwright.turn SET taken_at = taken_at - interval '3 days'",
  "UPDATE planwright.status_text SET written_at = written_at - interval '3 days'",
  "UPDATE planwright.round SET claimed_at = claimed_at - interval '3 days'",
];

const LARGEST = `
SELECT relnamespace::regnamespace || '.' || relname AS "table", pg_total_relation_size(oid) / 1024 AS "kB", reltuples AS rows FROM pg_class
WHERE relkind = 'r' AND relnamespace IN ('dbos'::regnamespace, 'planwright'::regnamespace) ORDER BY 2 DESC LIMIT 8`;

process.env.TEST_POSTGRES =
  values.store === 'pglite' ? '' : (process.env.TEST_POSTGRES ?? 'postgresql://postgres@127.0.0.1:5432');
if (process.env.TEST_POSTGRES) await makeTemplateDatabase(process.env.TEST_POSTGRES);
const database = await freshDatabase();
const client = database && new pg.Client({ connectionString: database.url });
await client?.connect();
const stage = await openStage(
  // By way of the inspector the garbage is collected before memory is read: V8 leaves it for as long as there is room.
  {
    RETENTION_DAYS: '1',
    AUDIT_RETENTION_DAYS: '1',
    NODE_OPTIONS: '--inspect=127.0.0.1:0',
    ...(database ? { DATABASE_URL: database.url } : {}),
  },
  { retention: { every: values.keep ? NEVER_MS : 2_000, handled: HANDLED_MS, day: DAY_MS }, sweep: SWEEP_MS },
  { flags: startFlags() },
);
try {
  const rows: object[] = [{ after: 'start', ...(await sizes(stage)) }];
  for (let round = 1; round <= rounds; round++) {
    await runRound(stage);
    if (!values.keep) {
      for (const statement of client ? AGED : []) await client?.query(statement);
      await delay(DAY_MS + SWEEP_MS + 10_000);
    }
    await client?.query('VACUUM ANALYZE');
    const after = `${Math.round((tasks * round) / rounds)} tasks, ${Math.round((signals * round) / rounds)} signals`;
    rows.push({ after, ...(await sizes(stage)) });
    console.log(JSON.stringify(rows.at(-1)));
  }
  console.table(rows);
  if (client) console.table((await client.query(LARGEST)).rows);
} finally {
  await stage.close();
  await client?.end();
  await database?.drop();
}

async function runRound(on: Stage): Promise<void> {
  let left = Math.ceil(tasks / rounds);
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await wholeTask(on);
    }
  };
  await Promise.all([sendSignals(on, Math.ceil(signals / rounds)), ...Array.from({ length: AT_ONCE }, worker)]);
  await on.github.idle();
}

/** From the label to the merge. */
async function wholeTask(on: Stage): Promise<void> {
  const scene = await aPlannedIssue(on, { components: [aComponent('limiter')] });
  await scene.approve('wanda', scene.pullOfPlan.number);
  const pull = await scene.pull('limiter');
  await scene.componentsAre('1 open');
  await scene.merge('wanda', pull.number);
  await scene.statusIs('done');
}

/** Labels that start nothing, which are most of what a busy repository sends. */
async function sendSignals({ bot, github }: Stage, count: number): Promise<void> {
  const { name, owner } = await github.addRepository({
    owner: 'olga',
    name: `busy-${randomUUID().slice(0, 8)}`,
    files: { 'a.md': 'a' },
  });
  const { rest } = github.as('olga');
  const { number } = (await rest.issues.create({ owner, repo: name, title: 'Busy', body: '' })).data;
  await rest.issues.addLabels({ owner, repo: name, issue_number: number, labels: ['wontfix'] });
  const labelled = await github.until('the delivery', () =>
    github.deliveries.findLast((d) => d.event === 'issues' && d.action === 'labeled' && d.repository === `${owner}/${name}`),
  );
  const payload = structuredClone(labelled.payload) as { issue: { number: number } };
  for (let n = 0; n < count; n++) {
    payload.issue.number = 1 + (n % 500);
    const body = JSON.stringify(payload);
    const signature = createHmac('sha256', github.app.webhookSecret).update(body).digest('hex');
    const headers = {
      'content-type': 'application/json',
      'x-github-event': 'issues',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${signature}`,
    };
    const answer = await fetch(`${bot.url}${WEBHOOK_PATH}`, { method: 'POST', headers, body });
    if (!answer.ok) console.error(`a signal was answered with ${answer.status}`);
    await answer.arrayBuffer();
    await delay(1_000 / SIGNALS_A_SECOND);
  }
}

/** @throws when the inspector refuses, because the figures would mean something else. */
async function collectGarbage({ bot }: Stage): Promise<void> {
  const address = (await bot.prints(/Debugger listening on ws:/)).replace(/.*(ws:\S+).*/, '$1');
  const inspector = new WebSocket(address);
  const failed = once(inspector, 'error').then(() => Promise.reject(new Error(`the inspector at ${address} does not answer`)));
  await Promise.race([once(inspector, 'open'), failed]);
  inspector.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' }));
  const [message] = (await Promise.race([once(inspector, 'message'), failed])) as [MessageEvent];
  if (!('result' in JSON.parse(String(message.data)))) throw new Error(`the inspector answered ${message.data}`);
  inspector.close();
}

/** Megabytes, and rows. */
async function sizes(stage: Stage): Promise<object> {
  const { bot, dataDir } = stage;
  await collectGarbage(stage);
  const metrics = await (await fetch(`${bot.url}/metrics`)).text();
  const metric = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? Number.NaN);
  const mb = (bytes: number): number => Math.round(bytes / 100_000) / 10;
  const counted = async (statement: string): Promise<number | string> =>
    client ? Number((await client.query(statement)).rows[0].n) : '-';
  const bytes = await counted('SELECT pg_database_size(current_database()) AS n');
  return {
    'memory MB': mb(metric('process_resident_memory_bytes')),
    'heap MB': mb(metric('nodejs_heap_size_used_bytes')),
    'folder MB': mb(await folderBytes(dataDir)),
    mirrors: (await readdir(join(dataDir, 'git', 'olga')).catch(() => [])).length,
    'database MB': typeof bytes === 'number' ? mb(bytes) : bytes,
    workflows: await counted('SELECT count(*) AS n FROM dbos.workflow_status'),
    steps: await counted('SELECT count(*) AS n FROM dbos.operation_outputs'),
    spend: await counted('SELECT count(*) AS n FROM planwright.spend'),
    states: await counted('SELECT count(*) AS n FROM planwright.task_state'),
    history: await counted(
      'SELECT (SELECT count(*) FROM planwright.task) + (SELECT count(*) FROM planwright.transcript) + (SELECT count(*) FROM planwright.audit) AS n',
    ),
  };
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const each = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? folderBytes(path) : (await lstat(path).catch(() => ({ size: 0 }))).size;
  });
  return (await Promise.all(each)).reduce((sum, size) => sum + size, 0);
}
