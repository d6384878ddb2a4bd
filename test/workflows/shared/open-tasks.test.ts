import { expect, test } from '@jest/globals';
import { taskListInMemory } from '../../../src/adapters/store/replicas/shared-memory.ts';
import type { TaskStates } from '../../../src/ports/task-states.ts';
import { trackOpenTasks } from '../../../src/workflows/shared/open-tasks.ts';

const taskOf = (issue: number) => ({ repository: { owner: 'olga', name: 'shop', installation: 7 }, issue });

function tracked() {
  const noted: string[] = [];
  const states = { note: async ({ issue }, state) => void noted.push(`#${issue} ${state}`) } as Partial<TaskStates> as TaskStates;
  const list = taskListInMemory();
  return { list, noted, open: trackOpenTasks(list, states) };
}

test('a task is listed in states in which something may happen without a command', async () => {
  const { open } = tracked();
  await open.note(taskOf(1), 'planning');
  await open.note(taskOf(2), 'review');
  expect(await open.all()).toEqual([taskOf(1), taskOf(2)]);
  await open.note(taskOf(1), 'failed');
  expect(await open.all()).toEqual([taskOf(2)]);
});

test('a task whose issue is not found is listed no more; of what was never a task nothing is noted', async () => {
  const { open, noted } = tracked();
  await open.note(taskOf(1), 'review');
  await open.lost(taskOf(1));
  await open.lost(taskOf(9));
  expect(await open.all()).toEqual([]);
  expect(noted).toEqual(['#1 review', '#1 gone']);
});

test('a task of a repository that the App has left is not swept until it is observed again', async () => {
  const { open, list } = tracked();
  await open.note(taskOf(1), 'planning');
  await list.left('olga', ['shop']);
  expect(await open.all()).toEqual([]);
  await open.note(taskOf(1), 'planning');
  expect(await open.all()).toEqual([taskOf(1)]);
});
