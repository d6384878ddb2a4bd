import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { threadFor } from '../../src/text/in-thread.ts';
import type { Question } from './thread-module.ts';

const module = new URL('./thread-module.ts', import.meta.url);
const asking = (keptMs = 300) => threadFor<Question, number>({ module, deadlineMs: 5_000, keptMs });

test('questions in a row are answered by one thread', async () => {
  const ask = asking();
  const [first, ...others] = await Promise.all([ask('which'), ask('which'), ask('which')]);
  expect(first).toBeGreaterThan(0);
  expect(others).toEqual([first, first]);
});

test('one that fails is no answer, and the next question has a new thread', async () => {
  const ask = asking();
  const answers = [];
  for (const question of ['which', 'end', 'which', 'throw', 'which'] as const) answers.push(await ask(question));
  const [first, ended, second, thrown, third] = answers;
  expect([ended, thrown]).toEqual([null, null]);
  expect(new Set([first, second, third, null]).size).toBe(4);
});

test('one that never answers is stopped, and those that wait have their turn', async () => {
  const ask = threadFor<Question, number>({ module, deadlineMs: 5_000, keptMs: 300 });
  const before = await ask('which');
  const [never, after] = await Promise.all([ask('for ever'), ask('which')]);
  expect(never).toBeNull();
  expect(after).not.toBeNull();
  expect(after).not.toBe(before);
});

test('a thread that nobody asks ends', async () => {
  const ask = asking(1);
  const first = await ask('which');
  let next = first;
  while (next === first) {
    await delay(5);
    next = await ask('which');
  }
  expect(next).not.toBeNull();
});
