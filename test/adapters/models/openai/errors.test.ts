import { expect, test } from '@jest/globals';
import { APIConnectionError, APIConnectionTimeoutError } from 'openai';
import { openaiErrorIn } from '../../../../src/adapters/models/openai/errors.ts';

const timeout = (name: string) =>
  Object.assign(new APIConnectionTimeoutError(), { cause: Object.assign(new Error(name), { name }) });

test('a call that our own limit ended says so, and is tried once more', () => {
  expect(openaiErrorIn(timeout('AbortError'), 'compatible/llama')).toMatchObject({
    failure: { kind: 'unavailable', message: 'compatible/llama had not begun to answer after 10 minutes.' },
    again: true,
    tries: 2,
  });
});

test.each([
  ['a connection that took too long to open', timeout('TypeError')],
  ['a timeout of unknown origin', new APIConnectionTimeoutError()],
  ['a lost connection', new APIConnectionError({ message: 'gone' })],
  ['whatever fetch throws', new TypeError('terminated')],
])('%s is an outage as any other', (_, error) => {
  const known = openaiErrorIn(error, 'compatible/llama');
  expect(known.failure.message).toContain('broke off');
  expect(known).not.toHaveProperty('tries');
});
