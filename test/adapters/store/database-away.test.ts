import { expect, test } from '@jest/globals';
import pg from 'pg';
import { isDatabaseAway } from '../../../src/adapters/store/database-away.ts';
import { freePort } from '../../support/free-port.ts';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

test.each([
  ['the server shuts down', withCode('57P01'), true],
  ['it has no connections left', withCode('53300'), true],
  ['its disk is full', withCode('53100'), true],
  ['the connection ended', new Error('Connection terminated unexpectedly'), true],
  ['the pool has none for too long', new Error('timeout exceeded when trying to connect'), true],
  ['one of these is the cause', new Error('x', { cause: withCode('ECONNRESET') }), true],
  ['no address answers', new AggregateError([withCode('ECONNREFUSED')]), true],
  ['a column is missing', withCode('42703'), false],
  ['a value does not fit', withCode('22003'), false],
  ['it is something else', new Error('x'), false],
  ['it is no error', 'x', false],
])('%s', (_, error, expected) => {
  expect(isDatabaseAway(error)).toBe(expected);
});

test('nobody listens', async () => {
  const client = new pg.Client({ host: '127.0.0.1', port: await freePort() });
  expect(isDatabaseAway(await client.connect().catch((error: unknown) => error))).toBe(true);
});
