// What webhooks carry, measured against GitHub's own examples: every key that all examples of an event have must be there.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appClient } from './app-client.ts';
import { type LocalGitHub, startLocalGitHub } from './local-github.ts';

type Payload = Record<string, unknown>;
const FILE = '../../../node_modules/@octokit/webhooks-examples/api.github.com/index.json';
const examples = JSON.parse(readFileSync(new URL(FILE, import.meta.url), 'utf8')) as { name: string; examples: Payload[] }[];

const EVENTS = [
  'issues',
  'issue_comment',
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'check_run',
  'check_suite',
];
const REST = ['status', 'push', 'create', 'delete', 'repository', 'installation'];
// GitHub's examples disagree with its own documentation here, or were recorded in an organisation
const NOT_EXPECTED = new Set(['organization', 'repository.stargazers', 'repository.master_branch', 'issue.draft']);

/** The keys of the payload and of the objects in it, as `pull_request.head`. */
function keys(payload: Payload): Set<string> {
  const found = new Set<string>();
  for (const [name, value] of Object.entries(payload)) {
    found.add(name);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const inner of Object.keys(value)) found.add(`${name}.${inner}`);
  }
  return found;
}

describe('webhook payloads', () => {
  const repo = { owner: 'ada', repo: 'engine' };
  let github: LocalGitHub;

  beforeAll(async () => {
    github = await startLocalGitHub({ events: [...EVENTS, ...REST] });
    const added = await github.addRepository({
      owner: 'ada',
      name: 'engine',
      files: { 'README.md': 'hi\n' },
      collaborators: { mary: 'write' },
    });
    const [ada, mary, ci, bot] = [
      github.as('ada'),
      github.as('mary'),
      github.as('github-actions[bot]'),
      await appClient(github, 'ada'),
    ];
    const { data: issue } = await ada.issues.create({ ...repo, title: 'Title', body: 'Body', labels: ['plan'] });
    await ada.issues.createComment({ ...repo, issue_number: issue.number, body: 'Words' });
    await ada.issues.update({ ...repo, issue_number: issue.number, body: 'Other', state: 'closed' });
    const tree = await bot.git.createTree({
      ...repo,
      base_tree: added.head,
      tree: [{ path: 'a', mode: '100644', type: 'blob', content: 'a\n' }],
    });
    const { data: commit } = await bot.git.createCommit({ ...repo, message: 'a', tree: tree.data.sha, parents: [added.head] });
    await bot.git.createRef({ ...repo, ref: 'refs/heads/a', sha: commit.sha });
    const { data: pull } = await bot.pulls.create({ ...repo, title: 'A', head: 'a', base: 'main' });
    const where = { ...repo, pull_number: pull.number };
    await mary.pulls.createReview({ ...where, event: 'APPROVE', body: 'Good', comments: [{ path: 'a', line: 1, body: 'Here' }] });
    await ci.checks.create({ ...repo, name: 'test', head_sha: commit.sha, conclusion: 'success' });
    await ada.repos.createCommitStatus({ ...repo, sha: commit.sha, state: 'success' });
    await ada.pulls.merge(where);
    await ada.git.deleteRef({ ...repo, ref: 'heads/a' });
    await github.idle();
  });
  afterAll(() => github.close());

  it.each([
    ['installation', 'created'],
    ['repository', 'created'],
    ['issues', 'opened'],
    ['issues', 'labeled'],
    ['issues', 'edited'],
    ['issue_comment', 'created'],
    ['create', undefined],
    ['push', undefined],
    ['delete', undefined],
    ['pull_request', 'opened'],
    ['pull_request', 'closed'],
    ['pull_request_review', 'submitted'],
    ['pull_request_review_comment', 'created'],
    ['check_run', 'created'],
    ['check_run', 'completed'],
    ['check_suite', 'completed'],
    ['status', undefined],
  ])('%s %s', (event, action) => {
    const real = (examples.find(({ name }) => name === event)?.examples ?? [])
      .filter((example) => action === undefined || example.action === action)
      .map(keys);
    expect(real.length).toBeGreaterThan(0);
    const everywhere = [...(real[0] ?? [])].filter(
      (key) =>
        real.every((example) => example.has(key)) &&
        !NOT_EXPECTED.has(key) &&
        !key.startsWith('issue.milestone') &&
        !key.startsWith('issue.assignee.') &&
        !key.startsWith('organization.'),
    );
    const sent = github.deliveries.find((delivery) => delivery.event === event && delivery.action === action);
    const ours = keys(sent?.payload ?? {});
    expect(everywhere.filter((key) => !ours.has(key))).toEqual([]);
  });
});
