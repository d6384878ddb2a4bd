import { describe, expect, it, test } from '@jest/globals';
import { aTask, component, OUT, PLAN, SPEND, STACK } from '../../../scripts/replies/sample-values.ts';
import type { TaskState } from '../../../src/domain/task/task.ts';
import type { TaskRecord } from '../../../src/domain/task/task-record.ts';
import { type StatusFacts, statusComment } from '../../../src/replies/pages/status-comment.ts';

const comment = (state: TaskState, record: StatusFacts['record'], more: Partial<StatusFacts> = {}): string =>
  statusComment({
    issue: 7,
    state,
    record,
    plan: PLAN,
    planPull: { number: 12, state: 'open', merged: false, mergedInto: null },
    planCheck: 'success',
    approval: { by: [], required: 1, objections: [], ways: ['review', 'merge', 'command'] },
    checked: [],
    limits: { usd: 10, tokens: null },
    settingsFindings: [],
    dashboard: null,
    ...more,
  });

const dropped = (id: string, removedByPlan = false) =>
  component({ state: 'dropped', reason: 'It was closed.', removedByPlan }, id);

test('it leads with the marker, what people should know, and the next step with the person it is for', () => {
  expect(comment('review', aTask({})).split('\n').slice(0, 4)).toEqual([
    '<!-- planwright:status issue=7 state=review -->',
    '**Plan ready for review: #12** (revision 2)',
    '',
    '**Next for @mara:** approve #12 to start (approving review, merge or `/execute`), or comment `/replan` with what to change.',
  ]);
});

describe('the next step', () => {
  it.each<[string, string, Partial<StatusFacts['approval']>, string]>([
    ['is for a maintainer when a bot started the task', 'renovate[bot]', {}, '**Next for a maintainer:** approve'],
    [
      'names no one when several have to approve',
      'mara',
      { required: 2 },
      '**Next:** 2 more people with write access approve #12',
    ],
    ['asks for another person when one has approved', 'mara', { required: 2, by: ['mara'] }, '**Next:** one more person'],
    ['names who requested changes', 'mara', { objections: ['jo', 'al'] }, ': @jo and @al requested changes.'],
    ['names only the ways that count', 'mara', { ways: ['merge'] }, 'approve #12 to start (merge), or'],
  ])('%s', (_, by, approval, said) => {
    const record = aTask({}, { trigger: { ...aTask({}).trigger, by } });
    const all = { by: [], required: 1, objections: [], ways: ['review'], ...approval };
    expect(comment('review', record, { approval: all })).toContain(said);
  });

  it('does not ask to reopen or approve a plan that was merged into another branch', () => {
    const said = comment('review', aTask({}), {
      planPull: { number: 12, state: 'closed', merged: true, mergedInto: 'release-1' },
    });
    expect(said).toContain('**Plan merged into `release-1`, which approves nothing: #12**');
    expect(said).toContain('**Next for @mara:** comment `/execute` to use this plan,');
  });

  it('puts a stacked pull request behind the one it is stacked on', () => {
    const open = {
      'limit-links': component({ state: 'open', note: null }, 'limit-links', { pull: 14, stack: STACK }),
      'token-bucket': component({ state: 'open', note: null }, 'token-bucket', { pull: 13 }),
    };
    expect(comment('executing', aTask(open))).toContain('**Next for @mara:** review and merge #13, then #14 on top.');
  });

  it('names what is stuck, once, with the command that tries it again', () => {
    const stuck = {
      'token-bucket': component({ state: 'failed', reason: 'No answer.' }, 'token-bucket'),
      'limit-links': component({ state: 'held', reason: 'Its parent failed.', heldBy: 'token-bucket' }, 'limit-links'),
    };
    const said = comment('blocked', aTask(stuck));
    expect(said).toContain('**Stuck: `token-bucket` needs your decision** (0 of 2 merged, 1 failed, 1 held)');
    expect(said).toContain('comment `/execute token-bucket` to try again');
    expect(said).toContain('\n- `token-bucket` (failed): No answer.\n');
  });

  it.each<[string, TaskRecord['components'], string, string]>([
    [
      'one',
      { 'token-bucket': dropped('token-bucket') },
      '**Nothing merged: `token-bucket` was closed**',
      'comment `/execute token-bucket` to make it again, `/replan` with what to change in the plan, or close the issue.',
    ],
    [
      'both',
      { 'token-bucket': dropped('token-bucket'), 'limit-links': dropped('limit-links') },
      '**Nothing merged: `token-bucket` and `limit-links` were closed**',
      'comment `/execute token-bucket limit-links` to make them again, ',
    ],
    [
      'one, besides what the plan no longer has',
      { 'token-bucket': dropped('token-bucket'), 'limit-links': dropped('limit-links', true) },
      '**Nothing merged: `token-bucket` was closed**',
      'comment `/execute token-bucket` to make it again, ',
    ],
    [
      'one, which holds another',
      {
        'token-bucket': dropped('token-bucket'),
        'limit-links': component({ state: 'held', reason: 'Its parent was dropped.', heldBy: 'token-bucket' }, 'limit-links'),
      },
      '**Stuck: `token-bucket` needs your decision** (0 of 2 merged, 1 dropped, 1 held)',
      'comment `/execute token-bucket` to try again, ',
    ],
  ])('names what people have closed where that is all that is left: %s', (_, components, headline, step) => {
    const said = comment('blocked', aTask(components));
    expect(said).toContain(headline);
    expect(said).toContain(`**Next for @mara:** ${step}`);
  });

  it('is to fix the settings while they cannot be read', () => {
    const said = comment('executing', aTask({}), { settingsFindings: [{ line: 4, message: 'Unknown key.' }] });
    expect(said).toContain('**Paused: `.github/planwright.yml` has errors**');
    expect(said).toContain('> - line 4: Unknown key.');
    expect(said).toContain('**Next for @mara:** fix `.github/planwright.yml` on the default branch.');
  });
});

test('the table is four columns; models, turns, tokens and time are folded', () => {
  const said = comment(
    'executing',
    aTask({
      'token-bucket': component({ state: 'open', note: null }, 'token-bucket', {
        pull: 13,
        spend: [OUT, { ...SPEND, model: 'openai/gpt-6' }],
      }),
    }),
  );
  expect(said).toContain(
    '\n| `token-bucket` | open | #13 | $0.04 |\n| `limit-links` | waiting |  |  |\n| **total** | | | $0.67 of $10 |\n',
  );
  const [visible = '', folded = ''] = said.split('<details>');
  expect(visible).not.toMatch(/turns|tokens/);
  expect(visible).toContain('`anthropic/claude-haiku-5-5` was unavailable, so `openai/gpt-6` was used');
  expect(folded).toContain('- `token-bucket`: `openai/gpt-6`, 11 turns, ');
});
