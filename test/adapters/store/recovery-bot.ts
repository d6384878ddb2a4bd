// A bot of three steps, started by recovery.test.ts as a process of its own so that it can be killed.
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { pino } from 'pino';
import { launchEngine } from '../../../src/adapters/store/launch-engine.ts';
import { openStore } from '../../../src/adapters/store/open-store.ts';
import { openReplica } from '../../../src/adapters/store/replicas/replica.ts';
import { EMPTY_DATABASES } from '../../support/cache.ts';

const { DATABASE_URL, DATA_DIR = '', RAN = DATA_DIR, HANG_IN } = process.env;
/** The product's own in a tenth of the time. */
const WAITS = { beat: 300, fence: 1_200, lease: 2_000, turn: [20, 40], nextTurn: 100, database: 100, unready: 0, money: 100 };
const WORKFLOW_ID = 'task-1';

const say = (event: string, value: unknown) => process.stdout.write(`${JSON.stringify({ event, value })}\n`);

async function step(name: string): Promise<string> {
  appendFileSync(join(RAN, 'ran'), `${name}\n`);
  say('running', name);
  // The process sits here until it is killed; a timer, because a promise alone does not keep it alive.
  if (name === HANG_IN) await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
  return `${name} ${randomUUID()}`;
}

const task = async () => {
  const results: string[] = [];
  for (const name of ['one', 'two', 'three']) {
    const result = await DBOS.runStep(() => step(name), { name });
    say('recorded', result);
    results.push(result);
  }
  return results;
};
let registered: typeof task = task;

const store = await openStore({
  databaseUrl: DATABASE_URL || null,
  dataDir: DATA_DIR,
  emptyDatabases: EMPTY_DATABASES,
  log: pino({ level: 'silent' }),
});
if (!store.ok) {
  say('refused', store.reason);
  process.exit(2);
}
const log = pino({ level: process.env.LOG ?? 'silent' });
const replica = await openReplica({ store: store.value, dataDir: DATA_DIR, waits: WAITS, log });
replica.lost.addEventListener('abort', () => {
  say('lost', replica.lost.reason);
  process.exit(1);
});
const engine = await launchEngine({
  pool: store.value.pool,
  log,
  executor: replica.executor,
  register: () => {
    registered = DBOS.registerWorkflow(task, { name: 'task' });
  },
});
await replica.launched(engine, () => say('took over', null));
say('launched', store.value.kind);
// With the same id as before the kill: finds the workflow instead of starting a second one.
const handle = await DBOS.startWorkflow(registered, { workflowID: WORKFLOW_ID })();
say('result', await handle.getResult());
await replica.leave(engine);
await engine.close(5000);
await store.value.close();
