import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { openIntake } from '../../../src/adapters/store/intake.ts';
import { pglitePool } from '../../../src/adapters/store/pglite-pool.ts';
import { IntakeError } from '../../../src/ports/intake.ts';
import { copyDatabase } from '../../support/database-template.ts';
import { makeTemplate } from '../../support/make-templates.ts';

let dataDir: string;
let db: PGlite;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'planwright-intake-'));
  await makeTemplate();
  await copyDatabase(dataDir);
  db = await PGlite.create(join(dataDir, 'pglite'));
});
afterAll(async () => {
  await db.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const delivery = (id: string) => ({ name: 'advance', id: `delivery:${id}`, queue: 'tasks', partition: 'olga/shop#1', input: {} });

test('a delivery that waits for a connection for too long is refused once, and not recorded later', async () => {
  const pool = pglitePool(db, { max: 1, connectionTimeoutMillis: 50 });
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
