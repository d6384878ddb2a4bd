import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { pglitePool } from '../../../src/adapters/store/embedded/pglite-pool.ts';
import { openIntake } from '../../../src/adapters/store/intake.ts';
import { IntakeError } from '../../../src/ports/intake.ts';
import { openEmbeddedDatabase } from './embedded-database.ts';

let embedded: Awaited<ReturnType<typeof openEmbeddedDatabase>>;

beforeAll(async () => {
  embedded = await openEmbeddedDatabase();
});
afterAll(async () => {
  await embedded.close();
});

const delivery = (id: string) => ({ name: 'advance', id: `delivery:${id}`, queue: 'tasks', partition: 'olga/shop#1', input: {} });

test('a delivery that waits for a connection for too long is refused once, and not recorded later', async () => {
  const pool = pglitePool(embedded.db, { max: 1, connectionTimeoutMillis: 50 });
  const intake = await openIntake(pool, pino({ level: 'silent' }));
  await intake(delivery('first'));
  const busy = await pool.connect();
  await expect(intake(delivery('second'))).rejects.toBeInstanceOf(IntakeError);
  busy.release();
  await intake(delivery('third'));
  const { rows } = await pool.query('SELECT workflow_uuid AS id FROM dbos.workflow_status ORDER BY created_at, id');
  expect(rows.map(({ id }) => id)).toEqual(['delivery:first', 'delivery:third']);
  await pool.end();
});
