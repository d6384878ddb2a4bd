import { DBOS } from '@dbos-inc/dbos-sdk';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import { type Engine, launchEngine } from '../../../src/adapters/store/launch-engine.ts';
import { ForgeError } from '../../../src/ports/forge/forge-error.ts';
import { GitHubLimit } from '../../../src/workflows/engine/github-limit.ts';
import { costlyStep } from '../../../src/workflows/engine/steps.ts';
import { createDatabase, dropDatabase, onServer } from '../../adapters/store/test-database.ts';

onServer('a turn of a model', () => {
  let url: string;
  let pool: pg.Pool;
  let engine: Engine;
  let turn: () => Promise<string>;
  let conversation: () => Promise<string>;

  beforeAll(async () => {
    url = await createDatabase();
    pool = new pg.Pool({ connectionString: url });
    pool.on('error', () => {});
    engine = await launchEngine({
      pool,
      log: pino({ level: 'silent' }),
      register: () => {
        conversation = DBOS.registerWorkflow(
          () => costlyStep('turn 1', () => turn()).catch((error) => (error instanceof GitHubLimit ? 'waits' : String(error))),
          { name: 'conversation' },
        );
      },
    });
  });
  afterAll(async () => {
    await engine.close(0);
    await pool.end();
    await dropDatabase(url);
  });

  it('that GitHub has no request left for waits for the limit to end, and is then asked for', async () => {
    const until = Date.now() + 500;
    let asked = 0;
    turn = async () => {
      asked += 1;
      if (Date.now() < until) throw new ForgeError('Slow down', 403, until);
      return 'answered';
    };
    const handle = await DBOS.startWorkflow(conversation, { workflowID: 'limited' })();
    expect(await handle.getResult()).toBe('waits');
    // As the resumption does it, once the limit is over.
    while (Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
    await pool.query(
      `UPDATE dbos.workflow_status SET status = 'ENQUEUED', queue_name = '_dbos_internal_queue' WHERE workflow_uuid = 'limited'`,
    );
    expect(await DBOS.retrieveWorkflow('limited').getResult()).toBe('answered');
    expect(asked).toBe(2);
  });
});
