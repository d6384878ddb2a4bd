import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { page, type ScriptedGitHub, startScriptedGitHub } from './scripted-github.ts';

let github: ScriptedGitHub;
beforeEach(async () => {
  github = await startScriptedGitHub();
});
afterEach(() => github.close());

describe('an issue', () => {
  const ISSUE = { title: 'T', body: null, user: null, state: 'open', labels: ['a', { name: 'b' }, {}] };

  test('that was transferred is gone: GitHub redirects to another repository', async () => {
    github.on('GET /repos/acme/rocket/issues/1', { status: 301, headers: { location: '/repos/acme/other/issues/88' } });
    github.on('GET /repos/acme/other/issues/88', { body: { ...ISSUE, number: 88 } });
    expect(await github.rocket.issue(1)).toBeNull();
  });

  test('of a repository that was renamed is looked for under its new name', async () => {
    const redirect = { status: 301, headers: { location: '/repositories/5/issues/1' } };
    github.on('GET /repos/acme/rocket/issues/1', redirect);
    const issue = { ...ISSUE, number: 1, repository_url: `${github.url}/repos/acme/Missile` };
    github.on(
      'GET /repositories/5/issues/1',
      { body: issue },
      { body: { ...issue, repository_url: `${github.url}/repos/Acme/Rocket` } },
    );
    expect(await github.rocket.issue(1)).toBeNull();
    expect(await github.rocket.issue(1)).toMatchObject({ number: 1 });
  });

  test('that was deleted is gone', async () => {
    github.on('GET /repos/acme/rocket/issues/1', { status: 410, body: { message: 'This issue was deleted' } });
    expect(await github.rocket.issue(1)).toBe('gone');
  });

  test('is listed page by page, without pull requests', async () => {
    const issue = (number: number) => ({ ...ISSUE, number });
    github.on('GET /repos/acme/rocket/issues', page([[issue(1), { ...issue(2), pull_request: {} }], [issue(3)]]));
    expect(await github.rocket.issuesLabelled('plan')).toMatchObject([
      { number: 1, body: '', author: { login: 'ghost' }, labels: ['a', 'b', ''] },
      { number: 3 },
    ]);
  });
});
