import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import type pg from 'pg';
import { redactQueries } from '../../../src/adapters/store/redacting-pool.ts';
import { createExactRedactor } from '../../../src/text/redaction/redactor.ts';

test('no value of a query holds a secret, however it is given; everything else stays', () => {
  const sent: unknown[] = [];
  const client = { query: (...given: unknown[]) => void sent.push(given) };
  const pool = new EventEmitter() as unknown as pg.Pool;
  redactQueries(pool, createExactRedactor(['operator-key-7f3a9c51']));
  pool.emit('connect', client as unknown as pg.PoolClient);

  const values = ['{"said":"operator-key-7f3a9c51"}', 7, null, 'ghp_of_a_file_that_a_model_read'];
  const clean = ['{"said":"[redacted]"}', 7, null, 'ghp_of_a_file_that_a_model_read'];
  client.query('INSERT', values);
  client.query({ text: 'INSERT', values });
  client.query('SELECT 1');
  expect(sent).toEqual([
    ['INSERT', clean],
    [{ text: 'INSERT', values: clean }, undefined],
    ['SELECT 1', undefined],
  ]);
});
