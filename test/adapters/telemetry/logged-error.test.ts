import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { loggedError } from '../../../src/adapters/telemetry/logged-error.ts';
import { IntakeError } from '../../../src/ports/intake.ts';

const logged = (error: Error): Record<string, unknown> => {
  const lines: string[] = [];
  const log = pino({ serializers: { err: loggedError } }, { write: (line: string) => void lines.push(line) });
  // As Probot does.
  log.child({ name: 'event' }).error(error);
  return JSON.parse(lines[0] ?? '').err;
};
const event = { id: 'a guid', name: 'issues', payload: { issue: { body: 'what a person has written' } } };

test('the delivery that a handler failed on is not in the log, and what failed is', () => {
  const error = Object.assign(new TypeError('undefined is not a function'), { event });
  expect(JSON.stringify(logged(error))).not.toContain('what a person has written');
  expect(logged(error)).toMatchObject({ type: 'TypeError', message: 'undefined is not a function', stack: error.stack });
});

test('a delivery that was not recorded is told in one line', () => {
  const error = Object.assign(new IntakeError('The database did not record it', { cause: new Error('too busy') }), { event });
  expect(logged(error)).toEqual({
    type: 'IntakeError',
    name: 'IntakeError',
    message: 'The database did not record it: too busy',
  });
});
