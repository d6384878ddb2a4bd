import { expect, it } from '@jest/globals';
import type { Command } from '../../../src/domain/task/command.ts';
import type { Signal } from '../../../src/domain/task/signal.ts';
import type { TaskRef } from '../../../src/domain/task/task.ts';
import type { Action } from '../../../src/task/model/action.ts';
import { createAdmissionControl } from '../../../src/workflows/task/admission-control.ts';
import { aView } from '../../task/a-view.ts';

const TASK: TaskRef = aView().task;
const TOLD: Action = { kind: 'reply', on: 12, key: 'no-write-access:rita', text: 'No.' };

const said = (kind: Command['kind'], id: number): Signal => ({
  kind: 'command',
  command: {
    kind,
    notes: '',
    feedback: '',
    question: '',
    ids: [],
    mention: false,
    meant: 'plan',
    named: false,
  } as unknown as Command,
  by: 'rita',
  at: '2026-11-24T10:00:00Z',
  comment: { kind: 'issue_comment', id, node: `IC_${id}` },
  on: 12,
  issueText: null,
});

function aControl() {
  let now = 0;
  const control = createAdmissionControl({ now: () => now, sleep: async () => {} });
  const decided = (signal: Signal, ...actions: Action[]) =>
    control.decided(aView({ task: TASK, permission: 'read' }), signal, { acknowledgements: [], record: null, actions });
  return {
    control,
    decided,
    wait: (ms: number) => {
      now += ms;
    },
    admits: (signal: Signal) => control.admit(TASK, signal).kind,
  };
}

it('what somebody without write access writes where there is no task stays unanswered, however often', () => {
  const { decided, admits } = aControl();
  decided(said('status', 1));
  for (const kind of ['help', 'status', 'cancel', 'introduce'] as const) expect(admits(said(kind, 2))).toBe('nothing');
});

it('but their first /plan is admitted, so that it is answered, and what follows is refused', () => {
  const { decided, admits } = aControl();
  decided(said('status', 1));
  expect(admits(said('plan', 2))).toBe('admitted');
  decided(said('plan', 2), TOLD);
  for (const kind of ['help', 'plan'] as const) expect(admits(said(kind, 3))).toBe('refused');
});

it('after two minutes the task is observed again, because they may have been given write access', () => {
  const { decided, admits, wait } = aControl();
  decided(said('status', 1));
  wait(2 * 60_000);
  expect(admits(said('status', 2))).toBe('admitted');
});
