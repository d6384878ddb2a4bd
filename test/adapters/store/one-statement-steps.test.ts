import { DBOS } from '@dbos-inc/dbos-sdk';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
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
        if (/operation_outputs|SELECT status FROM|SELECT owner_xid/.test(text)) statements.push(text);
        return query(first, ...rest);
      }) as typeof client.query;
    });
    statements = [];
    engine = await launchEngine({
      pool,
      log: pino({ level: 'silent' }),
      register: () => {
        steps = DBOS.registerWorkflow(
          async (retried: boolean) => [await step('one', retried), await step('two', retried), await step('three', retried)],
          { name: 'steps' },
        );
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

  it.each([true, false])('takes two statements, retried or not (%s)', async (retried) => {
    during = async () => {
      if (ran.length === 2) statements = [];
    };
    const handle = await start(`counted-${retried}`, retried);
    expect(await handle.getResult()).toEqual(['one done', 'two done', 'three done']);
    // The second is recorded, the third is looked for and recorded. Then the workflow's end follows.
    expect(statements.slice(0, 3).map((text) => text.trimStart().split(/\s/)[0])).toEqual(['WITH', 'SELECT', 'WITH']);
    expect(await recorded(`counted-${retried}`)).toEqual(['one', 'two', 'three']);
  });

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
