import { describe, expect, it } from '@jest/globals';
import type { Command } from '../../src/domain/task/command.ts';
import type { Signal } from '../../src/domain/task/signal.ts';
import type { Settings } from '../../src/settings/repository-settings.ts';
import { decide } from '../../src/task/decide.ts';
import type { Action } from '../../src/task/model/action.ts';
import type { TaskView } from '../../src/task/model/view.ts';
import { AFTER_CHECK, APPROVAL, aRecord, aView, IN_STATE, planView, SETTINGS } from './a-view.ts';

type CommandSignal = Extract<Signal, { kind: 'command' }>;
const command = (of: Command, more: Partial<CommandSignal> = {}): CommandSignal => ({
  kind: 'command',
  command: of,
  by: 'wanda',
  at: AFTER_CHECK,
  comment: { kind: 'issue_comment', id: 5, node: 'IC_wanda' },
  on: 12,
  issueText: { title: 'Limit orders', body: 'Too many.' },
  ...more,
});
const view = (state: string, more: Partial<TaskView> = {}): TaskView => aView({ ...IN_STATE[state], ...more });
const withSettings = (more: Partial<Settings>): Pick<TaskView, 'settings'> => ({
  settings: { ok: true, value: { ...SETTINGS, ...more } },
});
const kinds = (actions: readonly Action[]): string[] => actions.map(({ kind }) => kind);
const replyIn = (actions: readonly Action[]): string => actions.flatMap((a) => (a.kind === 'reply' ? [a.text] : [])).join('\n');

describe('who may start a task', () => {
  const PLAN: Command = { kind: 'plan', notes: '' };
  const label = {
    kind: 'labelled',
    label: 'plan',
    at: AFTER_CHECK,
    issueText: { title: 'Limit orders', body: 'Too many.' },
  } as const;
  const trigger = (bots: string[], roles: Settings['trigger']['roles']) =>
    withSettings({ trigger: { ...SETTINGS.trigger, bots, roles } });
  const byBot = { by: 'renovate[bot]', bot: true } as const;

  it.each<[string, Signal, Pick<TaskView, 'settings'>, TaskView['permission'], boolean]>([
    ['a writer', command(PLAN), trigger([], ['write']), 'write', true],
    ['a writer where only triage is named', command(PLAN), trigger([], ['triage']), 'write', true],
    ['who triages, where that is enough', command(PLAN, { by: 'tim' }), trigger([], ['triage']), 'triage', true],
    ['the same by the label', { ...label, by: 'tim' }, trigger([], ['write', 'triage']), 'triage', true],
    ['who triages, elsewhere', command(PLAN, { by: 'tim' }), trigger([], ['write']), 'triage', false],
    ['who reads', command(PLAN, { by: 'rita' }), trigger([], ['triage']), 'read', false],
    ['a bot that is named', command(PLAN, byBot), trigger(['Renovate[bot]'], ['write']), 'none', true],
    ['the same by the label', { ...label, ...byBot }, trigger(['renovate[bot]'], ['write']), 'none', true],
    ['a bot that is not named', command(PLAN, byBot), trigger(['other[bot]'], ['write', 'triage']), 'triage', false],
    // Nobody can be called so, but the payload of a person must not count as a bot's.
    [
      'a person of the name of a bot',
      command(PLAN, { by: 'renovate[bot]' }),
      trigger(['renovate[bot]'], ['write']),
      'read',
      false,
    ],
  ])('%s', (_, signal, settings, permission, starts) => {
    const { record, actions } = decide(view('none', { ...settings, permission }), signal);
    expect([record !== null, kinds(actions).includes('plan')]).toEqual([starts, starts]);
  });

  it.each<[string, Command]>([
    ['/execute', { kind: 'execute', ids: [] }],
    ['/replan', { kind: 'replan', feedback: '' }],
    ['/revise', { kind: 'revise', notes: '' }],
    ['/cancel', { kind: 'cancel' }],
    ['/ask', { kind: 'ask', question: 'Why?' }],
  ])('nobody of them may %s', (_, of) => {
    const settings = trigger(['renovate[bot]'], ['triage']);
    for (const [more, permission] of [
      [{ by: 'tim' }, 'triage'],
      [byBot, 'none'],
    ] as const) {
      const seen = view('review', { ...settings, permission });
      const { record, actions } = decide(seen, command(of, more));
      expect([record, kinds(actions)]).toEqual([{ ...seen.record, baseIsGone: false }, ['reply', 'react']]);
    }
  });
});

describe('the branch a task is for', () => {
  const base = (name: string): Command => ({ kind: 'plan', notes: '', base: name });
  const there = { requestedBase: 'there' } as const;

  it.each<[string, Command, Partial<TaskView>, string | null]>([
    ['the default branch', { kind: 'plan', notes: '' }, {}, null],
    [
      'what the settings say',
      { kind: 'plan', notes: '' },
      withSettings({ branches: { prefix: 'bot/', base: 'develop' } }),
      'develop',
    ],
    [
      'what the command says',
      base('release/2.x'),
      { ...withSettings({ branches: { prefix: 'bot/', base: 'develop' } }), ...there },
      'release/2.x',
    ],
  ])('a new task begins with %s', (_, of, more, expected) => {
    const { record, actions } = decide(view('none', more), command(of));
    expect(record?.branches.base).toBe(expected);
    expect(actions.flatMap((a) => (a.kind === 'plan' ? [a.work.branches?.base] : []))).toEqual([expected]);
  });

  it.each<[string, string, Command, Partial<TaskView>, string]>([
    ['one that is not there', 'none', base('nope'), { requestedBase: 'missing' }, 'There is no branch `nope`'],
    ['nothing', 'none', base(''), {}, 'The name of the branch is missing'],
    ['a name that git refuses', 'none', base('a..b'), {}, 'cannot be the name of a branch'],
    ["one of the bot's own", 'none', base('planwright/issue-1/api'), there, "one of Planwright's own branches"],
    ['another one once there is a plan', 'cancelled', base('develop'), there, 'keeps its base'],
    ['one in a revision', 'review', { kind: 'replan', feedback: '', base: 'develop' }, there, 'keeps its base'],
  ])('cannot be %s', (_, state, of, more, said) => {
    const seen = view(state, more);
    const { record, actions } = decide(seen, command(of));
    expect(record?.branches).toEqual(seen.record?.branches);
    expect(kinds(actions)).not.toContain('plan');
    expect(replyIn(actions)).toContain(said);
  });

  it('may be named again, and changed while there is no plan or when everything is done', () => {
    expect(decide(view('failed', there), command(base('develop'))).record?.branches.base).toBe('develop');
    expect(decide(view('done', there), command(base('develop'))).record?.branches.base).toBe('develop');
    const kept = aRecord({ cancelled: true, branches: { prefix: 'planwright/', base: 'develop' } });
    expect(kinds(decide(view('cancelled', { ...there, record: kept }), command(base('develop'))).actions)).toContain('plan');
  });

  it('is gone: nothing starts, people are told once, and it starts when it is back', () => {
    const approved = { record: aRecord({ approvals: [APPROVAL], branches: { prefix: 'planwright/', base: 'develop' } }) };
    const branches = { prefix: 'planwright/', base: 'develop' };
    const gone = decide(view('review', { ...approved, branches, baseIsGone: true }), { kind: 'hint' });
    expect([kinds(gone.actions).includes('execute'), replyIn(gone.actions)]).toEqual([
      false,
      expect.stringContaining('`develop`, which this task is for, was deleted'),
    ]);
    const again = decide(view('review', { record: gone.record, branches, baseIsGone: true }), { kind: 'hint' });
    expect(replyIn(again.actions)).toBe('');
    const back = decide(view('review', { record: again.record, branches, plan: planView({ base: 'develop' }) }), {
      kind: 'hint',
    });
    expect([back.record?.baseIsGone, kinds(back.actions).includes('execute')]).toEqual([false, true]);
  });
});

it('asks nobody for a review where the settings say so', () => {
  const seen = view('review', {
    ...withSettings({ pull_requests: { ...SETTINGS.pull_requests, reviewers: 'none' } }),
    record: aRecord({ planning: { ...aRecord().planning, phase: 'running' }, planPull: null }),
    planWork: {
      kind: 'finished',
      result: { kind: 'planned', gatheredAt: AFTER_CHECK, pull: 13, blob: 'b'.repeat(40), spend: [] },
    },
  });
  expect(kinds(decide(seen, { kind: 'hint' }).actions)).not.toContain('request_review');
  expect(kinds(decide({ ...seen, settings: { ok: true, value: SETTINGS } }, { kind: 'hint' }).actions)).toContain(
    'request_review',
  );
});
