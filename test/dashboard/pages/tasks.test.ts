import { expect, test } from '@jest/globals';
import { awaited } from '../../../src/dashboard/pages/tasks.ts';
import type { ListedTask } from '../../../src/ports/history.ts';
import { aListedTask, NOW } from '../a-task.ts';

test.each<[string, Partial<ListedTask>, string]>([
  ['a person', {}, 'wanda'],
  ['a model', { calledAt: NOW - 5_000 }, 'a model is answering'],
  ['nobody, where its issue is gone', { removed: true }, 'its issue was moved or deleted'],
  ['nobody, where the App may not work', { removed: true, away: true }, 'the App has no access there'],
])('a task waits for %s', (_, more, said) => {
  expect(String(awaited({ ...aListedTask(), ...more }, { serverUrl: 'https://github.com', now: NOW }))).toContain(said);
});
