import { Error as EngineError } from '@dbos-inc/dbos-sdk';
import { expect, it } from '@jest/globals';
import { ForgeError } from '../../../src/ports/forge/forge-error.ts';
import { nextTry } from '../../../src/workflows/engine/durable-retry.ts';
import { GitHubLimit } from '../../../src/workflows/engine/github-limit.ts';

const WAITS = { signal: [10, 20, 30] };
const NOW = 1_000;
const exhausted = new EngineError.DBOSMaxStepRetriesError('observe', 4, []);

it.each<[string, unknown, number, ReturnType<typeof nextTry>]>([
  ['a step that failed to the end', exhausted, 0, { delayMs: 10, tries: 1 }],
  ['the same for the last time', exhausted, 2, { delayMs: 30, tries: 3 }],
  ['the same too often', exhausted, 3, null],
  ['what is not found yet', new ForgeError('Not Found', 404), 1, { delayMs: 20, tries: 2 }],
  ['what stays not found', new ForgeError('Not Found', 404), 2, null],
  ['a limit, however often', new GitHubLimit(5_000), 99, { delayMs: 4_000, tries: 99 }],
  ['a limit outside of a step', new ForgeError('Slow down', 403, 3_000), 1, { delayMs: 2_000, tries: 1 }],
  ['a limit that is over', new GitHubLimit(500), 0, { delayMs: 1, tries: 0 }],
  ['a mistake of ours', new TypeError('x is not a function'), 0, null],
])('%s', (_, error, tries, expected) => {
  expect(nextTry(error, tries, WAITS, NOW)).toEqual(expected);
});
