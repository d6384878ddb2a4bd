import { describe, expect, test } from '@jest/globals';
import { classify, type KnownEvent } from '../../src/webhooks/classify.ts';

const APP = 4711;
const WHERE = { repository: { name: 'shop', owner: { login: 'olga' }, default_branch: 'main' }, installation: { id: 7 } };
const LOOK = {
  kind: 'signal',
  repository: { owner: 'olga', name: 'shop', installation: 7 },
  issue: 12,
  signal: { kind: 'hint' },
};
const checked = (run: number | null) => ({
  ...LOOK,
  signal: { kind: 'hint', fact: { kind: 'check', head: 'abc', name: 'ci', run } },
});
const IGNORED = { kind: 'ignored' };

const meaning = (name: string, payload: object) =>
  classify({ id: '1', name, payload: { ...WHERE, ...payload } } as unknown as KnownEvent, APP);

describe('checks of others on a component', () => {
  const run = (branch: string | null, more: object = {}, action = 'completed') =>
    meaning('check_run', {
      action,
      check_run: {
        id: 5,
        name: 'ci',
        head_sha: 'abc',
        app: { id: 1 },
        check_suite: { head_branch: branch },
        pull_requests: [],
        ...more,
      },
    });
  const suite = (branch: string | null, more: object = {}, action = 'completed') =>
    meaning('check_suite', { action, check_suite: { app: { id: 1 }, head_branch: branch, pull_requests: [], ...more } });
  const status = (state: string, ...branches: string[]) =>
    meaning('status', { state, sha: 'abc', context: 'ci', branches: branches.map((name) => ({ name })) });
  const pull = { pull_requests: [{ head: { ref: 'planwright/issue-12/limiter.2' } }] };

  test.each([
    ['a run that ended', run('planwright/issue-12/limiter'), checked(5)],
    ['a suite that ended', suite('planwright/issue-12/limiter'), LOOK],
    ['a status', status('failure', 'main', 'planwright/issue-12/limiter'), checked(null)],
    ['a run whose branch only its pull request tells', run(null, pull), checked(5)],
    ['a run that began', run('planwright/issue-12/limiter', {}, 'created'), IGNORED],
    ['a suite that was asked for', suite('planwright/issue-12/limiter', {}, 'requested'), IGNORED],
    ['a status that is pending', status('pending', 'planwright/issue-12/limiter'), IGNORED],
    ['an own run', run('planwright/issue-12/limiter', { app: { id: APP } }), IGNORED],
    ['an own suite', suite('planwright/issue-12/limiter', { app: { id: APP } }), IGNORED],
    ['a run on the plan', run('planwright/issue-12/plan.2'), IGNORED],
    ['a run on another branch', run('main'), IGNORED],
    ['a suite on another branch', suite('feature/x'), IGNORED],
    ['a status of another branch', status('success', 'main'), IGNORED],
    ['a run of no branch at all', run(null), IGNORED],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });
});
