import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { RepositoryRef } from '../../../src/domain/repository.ts';
import { renderPlanMarker, renderStatusMarker } from '../../../src/domain/task/marker.ts';
import type { TaskRef } from '../../../src/domain/task/task.ts';
import type { RepositoryForge } from '../../../src/ports/forge/forge.ts';
import { ForgeError } from '../../../src/ports/forge/forge-error.ts';
import { recoverTasks, tasksOf } from '../../../src/workflows/repository/recover-tasks.ts';
import type { WorkflowPorts } from '../../../src/workflows/shared/ports.ts';
import type { TaskSignals } from '../../../src/workflows/shared/task-signals.ts';
import { SETTINGS } from '../../task/a-view.ts';

const SHOP: RepositoryRef = { owner: 'olga', name: 'shop', installation: 7 };
const OPEN: readonly number[] = [1, 2, 3, 4, 5];

const pullOf = (issue: number) => ({ number: 100 + issue, body: renderPlanMarker({ issue, revision: 1, blob: 'b'.repeat(40) }) });
const statusOn = (issue: number, of = issue) => ({ on: issue, body: `${renderStatusMarker(of, 'planning')}\nPlanning` });

/** What GitHub has of a repository, and which of it was asked for. */
function aRepository(has: Partial<RepositoryForge>) {
  const asked: string[] = [];
  const repo = {
    repository: SHOP,
    ownPullsSince: async () => ({ open: [], closed: [] }),
    ownCommentsSince: async () => [],
    issuesLabelled: async () => [],
    ensureLabel: async () => {},
    pullRequest: async () => null,
    issue: async (number: number) => {
      asked.push(`issue ${number}`);
      return OPEN.includes(number) ? { number, state: 'open' } : 'gone';
    },
    ...has,
  } as unknown as RepositoryForge;
  const ports = {
    forge: { repository: () => repo },
    settings: { load: async () => ({ ok: true, value: SETTINGS }) },
    clock: { now: Date.now },
    log: pino({ level: 'silent' }),
  } as unknown as WorkflowPorts;
  return { ports, asked };
}

const found = async (ports: WorkflowPorts): Promise<number[]> => [...(await tasksOf(ports, SHOP))].sort();

describe('the tasks of a repository', () => {
  test('are found by their pull requests, by the label, and by their status comments alone', async () => {
    const { ports } = aRepository({
      ownPullsSince: async () => ({ open: [pullOf(1)], closed: [pullOf(2)] }),
      issuesLabelled: async () => [{ number: 3 }] as never,
      ownCommentsSince: async () => [statusOn(4)],
    });
    expect(await found(ports)).toEqual([1, 2, 3, 4]);
  });

  test.each<[string, { on: number; body: string }]>([
    ['a reply of the bot', { on: 5, body: '<!-- planwright:reply to=a -->\nNo.' }],
    ['a status that was copied from another issue', statusOn(5, 4)],
    ['the status of an issue that is not open any more', statusOn(9)],
  ])('are not those with %s', async (_, comment) => {
    const { ports } = aRepository({ ownCommentsSince: async () => [comment] });
    expect(await found(ports)).toEqual([]);
  });

  test('are not asked for one by one when it is known already that they are open', async () => {
    const { ports, asked } = aRepository({
      ownPullsSince: async () => ({ open: [pullOf(1)], closed: [pullOf(1), pullOf(2)] }),
      issuesLabelled: async () => [{ number: 3 }] as never,
      ownCommentsSince: async () => [statusOn(1), statusOn(2), statusOn(3), statusOn(4)],
    });
    expect(await found(ports)).toEqual([1, 2, 3, 4]);
    expect(asked).toEqual(['issue 2', 'issue 4']);
  });
});

describe('the label that starts tasks', () => {
  const LABELLED = { issuesLabelled: async () => [{ number: 3 }] as never };
  const refusing = (error: unknown) =>
    aRepository({
      ...LABELLED,
      async ensureLabel() {
        throw error;
      },
    }).ports;

  test.each([
    ['archived', new ForgeError('Repository was archived so is read-only.', 403, null, 'archived')],
    ['not for this App', new ForgeError('Resource not accessible by integration', 403, null, 'not_accessible')],
    ['unable to take it', new ForgeError('Validation Failed', 422)],
  ])('that is refused because the repository is %s hides no task, and is not asked for again', async (_, error) => {
    const signalled: number[] = [];
    const signals = { signal: async ({ issue }: TaskRef) => void signalled.push(issue) } as unknown as TaskSignals;
    expect(await recoverTasks(refusing(error), signals, [SHOP])).toEqual([]);
    expect(signalled).toEqual([3]);
  });

  test.each([
    ['an outage', new ForgeError('No answer', null, null, 'unavailable')],
    ['a limit', new ForgeError('You have exceeded a secondary rate limit', 403, 1, 'secondary_limit')],
  ])('that was not created for %s is created by the next sweep', async (_, error) => {
    expect(await recoverTasks(refusing(error), { signal: async () => {} } as never, [SHOP])).toEqual([SHOP]);
  });
});

test.each<[string, Error, RepositoryRef[]]>([
  ['is blocked', new ForgeError('Repository access blocked', 451, null, 'blocked'), []],
  ['cannot be read for now', new ForgeError('No answer', null, null, 'unavailable'), [SHOP]],
])('a repository that %s: whether it is read again', async (_, error, unread) => {
  const { ports } = aRepository({
    async ownPullsSince() {
      throw error;
    },
  });
  expect(await recoverTasks(ports, { signal: async () => {} } as never, [SHOP])).toEqual(unread);
});
