// Locked conversations, Apps that are not ours, and the names and numbers in which the real GitHub differs from a small one.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Octokit } from '@octokit/rest';
import { appClient } from './app-client.ts';
import { WORKFLOW_HEADER } from './checks.ts';
import { type LocalGitHub, startLocalGitHub } from './local-github.ts';

const AT = { owner: 'ada', repo: 'engine' };

let github: LocalGitHub;
let app: Octokit;
beforeAll(async () => {
  github = await startLocalGitHub({ highIds: true });
  await github.addRepository({
    ...AT,
    name: 'engine',
    files: { 'a.md': 'a' },
    labels: ['Plan'],
    collaborators: { wanda: 'write', rita: 'read' },
  });
  app = await appClient(github, 'ada');
});
afterAll(() => github.close());

const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing',
    (error: { status: number; response: { data: { message: string } } }) => `${error.status} ${error.response.data.message}`,
  );

describe('a locked conversation', () => {
  it('takes comments of writers only, and reactions of nobody, until it is unlocked', async () => {
    const issue_number = (await github.as('rita').issues.create({ ...AT, title: 'Heated' })).data.number;
    const { id } = (await github.as('rita').issues.createComment({ ...AT, issue_number, body: 'hm' })).data;
    const say = (who: Octokit) => refusalOf(who.issues.createComment({ ...AT, issue_number, body: 'hi' }));
    const react = (who: Octokit) => refusalOf(who.reactions.createForIssueComment({ ...AT, comment_id: id, content: 'eyes' }));
    await github.as('wanda').issues.lock({ ...AT, issue_number, lock_reason: 'too heated' });
    expect((await app.issues.get({ ...AT, issue_number })).data.locked).toBe(true);
    expect(await say(github.as('wanda'))).toBe('nothing');
    for (const who of [app, github.as('rita')])
      expect(await say(who)).toBe('403 Unable to create comment because issue is locked.');
    for (const who of [app, github.as('wanda')])
      expect(await react(who)).toBe('403 Unable to create reaction because issue is locked.');
    await github.as('wanda').issues.unlock({ ...AT, issue_number });
    expect([await say(app), await react(app)]).toEqual(['nothing', 'nothing']);
    await github.idle();
    const told = github.deliveries.filter(({ action }) => action?.endsWith('locked')).map(({ action }) => action);
    expect(told).toEqual(['locked', 'unlocked']);
  });
});

describe('another App', () => {
  it('may rewrite the description of a pull request', async () => {
    const ada = github.as('ada');
    const { sha } = (await ada.git.getRef({ ...AT, ref: 'heads/main' })).data.object;
    await ada.git.createRef({ ...AT, ref: 'refs/heads/d', sha });
    await ada.repos.createOrUpdateFileContents({ ...AT, path: 'd.md', message: 'd', content: 'ZA==', branch: 'd' });
    const { number } = (await ada.pulls.create({ ...AT, head: 'd', base: 'main', title: 'd', body: 'Mine.' })).data;
    const reviewer = github.as('reviewbot[bot]');
    await reviewer.pulls.update({ ...AT, pull_number: number, body: '## Summary by reviewbot\n\nMine.' });
    const { data } = await ada.pulls.get({ ...AT, pull_number: number });
    expect([data.body, data.user.login]).toEqual(['## Summary by reviewbot\n\nMine.', 'ada']);
  });

  it('has a check suite per workflow', async () => {
    const { sha: head_sha } = (await github.as('ada').git.getRef({ ...AT, ref: 'heads/main' })).data.object;
    const ci = github.as('github-actions[bot]');
    for (const [workflow, conclusion] of [
      ['tests', 'failure'],
      ['docs', 'success'],
    ] as const)
      await ci.checks.create({ ...AT, head_sha, name: 'build', conclusion, headers: { [WORKFLOW_HEADER]: workflow } });
    const { check_runs } = (await app.checks.listForRef({ ...AT, ref: head_sha })).data;
    expect(new Set(check_runs.map((run) => run.check_suite?.id)).size).toBe(2);
  });
});

it('labels are found in any case', async () => {
  const issue = await github.as('ada').issues.create({ ...AT, title: 'Labelled', labels: ['plan'] });
  expect(issue.data.labels).toMatchObject([{ name: 'Plan' }]);
  expect((await app.issues.getLabel({ ...AT, name: 'PLAN' })).data.name).toBe('Plan');
  expect((await app.issues.listForRepo({ ...AT, labels: 'plan' })).data).toHaveLength(1);
});

it('ids are beyond 2^31', async () => {
  const issue = (await github.as('ada').issues.create({ ...AT, title: 'High' })).data;
  const comment = (await github.as('ada').issues.createComment({ ...AT, issue_number: issue.number, body: 'hi' })).data;
  for (const id of [issue.id, comment.id]) expect(id).toBeGreaterThan(2 ** 31);
  expect(issue.number).toBeLessThan(100);
});
