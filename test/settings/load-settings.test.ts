import { expect, test } from '@jest/globals';
import { loadSettings } from '../../src/settings/load-settings.ts';
import { parseSettings } from '../../src/settings/repository-settings.ts';

const OPERATOR = { planner: 'anthropic/p', executor: 'anthropic/e', allowed: null, providers: ['anthropic' as const] };
const LONG = '# A long comment of the people who keep this file.\n'.repeat(100);

test.each([
  ['valid settings', 'version: 1\nplan: { self_review: false }\n'],
  ['findings', 'version: 1\nplann: {}\n'],
  ['an error of YAML', 'version: [1\n'],
  ['a model that is not allowed', 'version: 1\nmodels: { planner: { model: openai/x } }\n'],
])('a long file is read in a thread, with the same result: %s', async (_, text) => {
  expect(await loadSettings(LONG + text, OPERATOR)).toEqual(parseSettings(LONG + text, OPERATOR));
  expect(await loadSettings(text, OPERATOR)).toEqual(parseSettings(text, OPERATOR));
});

test.each([
  ['flow mappings', '{a: {b: {c: '.repeat(30) + 'x: [1, 2, 3], '.repeat(1_000)],
  ['keys', Array.from({ length: 1_900 }, (_, i) => `k${i}:`).join('\n')],
  ['signs', ': '.repeat(1_999)],
])('the event loop goes on while a file of many %s is read', async (_, text) => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  expect((await loadSettings(text.padEnd(16_000, '#'), OPERATOR)).ok).toBe(false);
  clearInterval(timer);
  // Were it read in this thread, no timer would have its turn before the promise.
  expect(turns).toBeGreaterThan(0);
});
