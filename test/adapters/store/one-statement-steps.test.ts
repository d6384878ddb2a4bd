import { setTimeout as delay } from 'node:timers/promises';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import { type Engine, launchEngine } from '../../../src/adapters/store/launch-engine.ts';
import { createDatabase, dropDatabase, onServer } from './test-database.ts';

/** What a step is told to do while it runs. */
let during: (workflow: string) => Promise<unknown>;
let ran: string[];
let url: string;
let pool: pg.Pool;
let engine: Engine;
let steps: (retried: boolean) => Promise<string[]>;
let parallel: () => Promise<string[]>;
/** What a workflow does between two steps. */
let between: (workflow: string) => Promise<unknown>;
/** The statements about workflows and their steps that the engine sent, without those by which it looks for work. */
let statements: string[];

const step = async (name: string, retried: boolean): Promise<string> =>
  DBOS.runStep(
    async () => {
      ran.push(name);
      await during(DBOS.workflowID ?? '');
      return `${name} done`;
    },
    { name, retriesAllowed: retried },
  );

onServer('a step', () => {
  beforeAll(async () => {
    url = await createDatabase();
    pool = new pg.Pool({ connectionString: url });
    pool.on('error', () => {});
    pool.on('connect', (client) => {
      const query = client.query.bind(client) as (...given: unknown[]) => unknown;
      client.query = ((first: unknown, ...rest: unknown[]) => {
        const text = typeof first === 'string' ? first : (first as { text: string }).text;
        if (/operation_outputs|workflow_output|SELECT status FROM|SELECT owner_xid/.test(text)) statements.push(text);
        return query(first, ...rest);
      }) as typeof client.query;
    });
    statements = [];
    engine = await launchEngine({
      pool,
      log: pino({ level: 'silent' }),
      register: () => {
        steps = DBOS.registerWorkflow(
          async (retried: boolean) => {
            const first = [await step('one', retried), await step('two', retried)];
            await between(DBOS.workflowID ?? '');
            return [...first, await step('three', retried)];
          },
          { name: 'steps' },
        );
        parallel = DBOS.registerWorkflow(() => Promise.all(['one', 'two', 'three'].map((name) => step(name, false))), {
          name: 'parallel',
        });
      },
    });
  });
  afterAll(async () => {
    await engine.close(0);
    await pool.end();
    await dropDatabase(url);
  });
  beforeEach(() => {
    during = async () => {};
    between = async () => {};
    ran = [];
    statements = [];
  });

  const recorded = async (workflow: string): Promise<string[]> =>
    (
      await pool.query('SELECT function_name FROM dbos.operation_outputs WHERE workflow_uuid = $1 ORDER BY function_id', [
        workflow,
      ])
    ).rows.map((row) => row.function_name);
  const set = (workflow: string, assignment: string) =>
    pool.query(`UPDATE dbos.workflow_status SET ${assignment} WHERE workflow_uuid = $1`, [workflow]);
  const start = (workflowID: string, retried = false) => DBOS.startWorkflow(steps, { workflowID })(retried);

  it.each([true, false])('takes one statement, retried or not (%s), and the work one before and one after', async (retried) => {
    const handle = await start(`counted-${retried}`, retried);
    expect(await handle.getResult()).toEqual(['one done', 'two done', 'three done']);
    const tables = statements.map((text) => /SELECT w.status|INTO "dbos".(?:operation_outputs|workflow_output)/.exec(text)?.[0]);
    const recording = 'INTO "dbos".operation_outputs';
    expect(tables).toEqual(['SELECT w.status', recording, recording, recording, 'INTO "dbos".workflow_output']);
    expect(await recorded(`counted-${retried}`)).toEqual(['one', 'two', 'three']);
  });

  afterEach(() => void jest.restoreAllMocks());

  /** So many milliseconds pass at once, for whoever reads the clock. */
  function passes(ms: number): void {
    const now = Date.now;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + ms);
  }

  it('is not run again when its result is there', async () => {
    await (await start('again')).getResult();
    await set('again', `status = 'ENQUEUED', output = NULL, queue_name = '_dbos_internal_queue'`);
    const handle = DBOS.retrieveWorkflow<string[]>('again');
    expect(await handle.getResult()).toEqual(['one done', 'two done', 'three done']);
    expect(ran).toEqual(['one', 'two', 'three']);
  });

  it('of work that was cancelled meanwhile is not recorded, nor is another begun', async () => {
    during = (workflow) => (ran.length === 2 ? DBOS.cancelWorkflow(workflow) : Promise.resolve());
    await expect((await start('cancelled')).getResult()).rejects.toThrow(/cancel/i);
    expect(await recorded('cancelled')).toEqual(['one']);
    expect(ran).toEqual(['one', 'two']);
    during = async () => {};
    await DBOS.resumeWorkflow('cancelled');
    expect(await DBOS.retrieveWorkflow('cancelled').getResult()).toEqual(['one done', 'two done', 'three done']);
    expect(ran).toEqual(['one', 'two', 'two', 'three']);
  });

  it('is run again where only what was begun after it has a result', async () => {
    await (await DBOS.startWorkflow(parallel, { workflowID: 'gap' })()).getResult();
    expect(ran.sort()).toEqual(['one', 'three', 'two']);
    await pool.query(`DELETE FROM dbos.operation_outputs WHERE workflow_uuid = 'gap' AND function_name = 'two'`);
    await set('gap', `status = 'ENQUEUED', queue_name = '_dbos_internal_queue'`);
    ran = [];
    expect(await DBOS.retrieveWorkflow('gap').getResult()).toEqual(['one done', 'two done', 'three done']);
    expect(ran).toEqual(['two']);
  });

  it('is not begun in work that was cancelled a while after the last one', async () => {
    between = async (workflow) => {
      // By another process: this one's engine remembers what it has cancelled itself.
      await set(workflow, `status = 'CANCELLED', owner_xid = NULL`);
      passes(150);
    };
    await expect((await start('cancelled between')).getResult()).rejects.toThrow(/cancel/i);
    expect(ran).toEqual(['one', 'two']);
  });

  it('is not begun again by an execution that another one has overtaken', async () => {
    between = async (workflow) => {
      between = async () => {};
      await set(workflow, `status = 'ENQUEUED', owner_xid = NULL, queue_name = '_dbos_internal_queue'`);
      while (ran.length < 3) await delay(20);
      passes(150);
    };
    expect(await (await start('overtaken')).getResult()).toEqual(['one done', 'two done', 'three done']);
    expect(ran).toEqual(['one', 'two', 'three']);
  });

  it('of work that another process has taken over is not recorded', async () => {
    during = (workflow) => (ran.length === 2 ? set(workflow, `owner_xid = 'another process'`) : Promise.resolve());
    const handle = await start('taken');
    while (ran.length < 2) await new Promise((resolve) => setImmediate(resolve));
    // Whoever has it now ends it, and the outcome is theirs.
    await set('taken', `status = 'SUCCESS', output = '${JSON.stringify({ json: ['theirs'], __dbos_serializer: 'superjson' })}'`);
    expect(await handle.getResult()).toEqual(['theirs']);
    expect(await recorded('taken')).toEqual(['one']);
    expect(ran).toEqual(['one', 'two']);
  });

  it('whose connection breaks is recorded all the same', async () => {
    during = async () => {
      if (ran.length !== 2) return;
      const other = new pg.Client({ connectionString: url });
      await other.connect();
      await other.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
      await other.end();
    };
    expect(await (await start('broken')).getResult()).toEqual(['one done', 'two done', 'three done']);
    expect(await recorded('broken')).toEqual(['one', 'two', 'three']);
    expect(ran).toEqual(['one', 'two', 'three']);
  });
});
