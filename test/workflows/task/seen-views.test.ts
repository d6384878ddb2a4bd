import { expect, it } from '@jest/globals';
import { statusTextsInMemory } from '../../../src/adapters/store/replicas/shared-memory.ts';
import { rememberViews } from '../../../src/workflows/task/seen-views.ts';
import { aView } from '../../task/a-view.ts';

const view = aView();
const { task } = view;
const CLOSED = { kind: 'issue_state', state: 'closed' } as const;
const status = (body: string) => ({ id: 1, body, url: '' });

it('a hint that arrived before the last observation is seen already, unless the view is too old for what it announces', () => {
  const seen = rememberViews(statusTextsInMemory());
  expect(seen.hasSeen(task, 1, null)).toBe(false);
  seen.observing(task, 5);
  seen.observed(task, view);
  expect([1, 5, 6].map((since) => seen.hasSeen(task, since, null))).toEqual([true, false, false]);
  expect(seen.hasSeen(task, 1, CLOSED)).toBe(false);
  seen.observed(task, aView({ issue: { ...view.issue, state: 'closed' } }));
  expect(seen.hasSeen(task, 1, CLOSED)).toBe(true);
  seen.forget(task);
  expect(seen.hasSeen(task, 1, null)).toBe(false);
});

it('a status comment is outdated when it is not there yet or holds an earlier text of ours; any other text is somebody’s', async () => {
  const seen = rememberViews(statusTextsInMemory());
  expect(await seen.isOutdated(task, null)).toBe(false);
  for (const body of ['one', 'two', 'one', 'three']) await seen.wrote(task, body);
  const outdated = [null, status('one'), status('two'), status('three'), status('edited by hand')];
  expect(await Promise.all(outdated.map((found) => seen.isOutdated(task, found)))).toEqual([true, true, true, false, false]);
  await seen.acceptStatus(task);
  expect(await seen.isOutdated(task, null)).toBe(false);
});

it('a status comment that was deleted is not waited for; another comment that was deleted changes nothing', async () => {
  const seen = rememberViews(statusTextsInMemory());
  seen.observed(task, aView({ status: status('one') }));
  await seen.wrote(task, 'two');
  await seen.statusDeleted(task, 2);
  expect(await seen.isOutdated(task, null)).toBe(true);
  await seen.statusDeleted(task, 1);
  expect(await seen.isOutdated(task, null)).toBe(false);
});
