import { expect, test } from '@jest/globals';
import { createRecentProblems } from '../../src/dashboard/recent-problems.ts';

const line = (more: object): string => JSON.stringify({ level: 50, time: 1_000, msg: 'It broke', ...more });

test.each([
  ['a task', { task: 'olga/shop#1' }, 'olga/shop'],
  ['a workflow', { workflow: 'component:olga/shop.js#1/bucket:2' }, 'olga/shop.js'],
  ['a repository', { repository: 'olga/shop' }, 'olga/shop'],
  ['nothing of these', {}, null],
])('a problem with %s is of its repository', (_, more, repository) => {
  const problems = createRecentProblems();
  problems.note(line(more));
  expect(problems.list()).toEqual([{ level: 'error', at: 1_000, message: 'It broke', cause: null, repository }]);
});

test.each([
  ['what went well', line({ level: 30 })],
  ['a line that is no JSON', '"level":50 {'],
  ['a level of its own', line({ level: 500 })],
  ['words about levels', JSON.stringify({ level: 30, msg: 'set "level":50 please' })],
])('%s is none', (_, text) => {
  const problems = createRecentProblems();
  problems.note(text);
  expect(problems.list()).toEqual([]);
});

test('the latest come first, with their cause, and only so many are kept', () => {
  const problems = createRecentProblems();
  for (let i = 0; i < 150; i++) problems.note(line({ level: 40, msg: `Warning ${i}`, err: { message: 'why' } }));
  expect(problems.list()).toHaveLength(100);
  expect(problems.list()[0]).toMatchObject({ level: 'warn', message: 'Warning 149', cause: 'why' });
});
