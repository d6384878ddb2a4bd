import { describe, expect, it } from '@jest/globals';
import { classify, type KnownEvent } from '../../src/webhooks/classify.ts';
import { classifyPullRequest } from '../../src/webhooks/classify-pull-request.ts';
import { isRelevantPush } from '../../src/workflows/repository/pushes.ts';

// What depends on a repository's own rules, which are not known here: other prefixes, other bots, merge queues, other bases.

const REPOSITORY = { name: 'shop', full_name: 'olga/shop', default_branch: 'main', owner: { login: 'olga' } };
const SHOP = { owner: 'olga', name: 'shop', installation: 7 };
const meaning = (name: string, payload: object, slug: string | null = 'planwright') =>
  classify(
    { id: 'x', name, payload: { installation: { id: 7 }, repository: REPOSITORY, ...payload } } as unknown as KnownEvent,
    4711,
    slug,
  );

const bot = (login: string) => ({ login, type: 'Bot' });
const wanda = { login: 'wanda', type: 'User' };
const IGNORED = { kind: 'ignored' };

describe('an App other than this one', () => {
  const ISSUE = { number: 12, title: 'Limit', body: 'Too many.', updated_at: '2026-11-29T10:00:00Z', user: wanda };
  const labelled = (login: string, action = 'labeled') => ({ action, sender: bot(login), issue: ISSUE, label: { name: 'plan' } });
  const commented = (login: string, body: string, more: object = {}) => ({
    action: 'created',
    sender: bot(login),
    issue: { ...ISSUE, ...more },
    comment: { id: 3, node_id: 'IC_3', body, user: bot(login), created_at: '2026-11-29T10:00:00Z' },
  });

  it('may set a label and comment /plan: whether that counts is for the settings to say', () => {
    expect(meaning('issues', labelled('renovate[bot]'))).toMatchObject({
      kind: 'signal',
      issue: 12,
      signal: { kind: 'labelled', label: 'plan', by: 'renovate[bot]', bot: true },
    });
    expect(meaning('issue_comment', commented('renovate[bot]', '/plan Keep it small.'))).toMatchObject({
      kind: 'signal',
      issue: 12,
      signal: { kind: 'command', command: { kind: 'plan', notes: 'Keep it small.' }, by: 'renovate[bot]', bot: true },
    });
  });

  it.each<[string, string, object, string | null]>([
    ['it takes a label away', 'issues', labelled('renovate[bot]', 'unlabeled'), 'planwright'],
    ['it is this App', 'issues', labelled('planwright[bot]'), 'planwright'],
    ['it may be this App', 'issues', labelled('renovate[bot]'), null],
    ['any other command', 'issue_comment', commented('renovate[bot]', '/execute'), 'planwright'],
    ['no command', 'issue_comment', commented('renovate[bot]', 'Planned.'), 'planwright'],
    ['what this App says itself', 'issue_comment', commented('planwright[bot]', '/plan'), 'planwright'],
    ['a command while it may be this App', 'issue_comment', commented('renovate[bot]', '/plan'), null],
    ['a command on a pull request', 'issue_comment', commented('renovate[bot]', '/plan', { pull_request: {} }), 'planwright'],
  ])('nothing comes of %s', (_, name, payload, slug) => {
    expect(meaning(name, payload, slug)).toEqual(IGNORED);
  });
});

describe('a branch under another prefix', () => {
  const pull = (ref: string, user: object) => ({
    action: 'closed',
    sender: wanda,
    pull_request: { number: 4, state: 'closed', merged: true, head: { ref, repo: { full_name: 'olga/shop' } }, user },
  });
  const closed = { kind: 'pull', number: 4, state: 'closed', merged: true };

  it.each<[string, string, object, object]>([
    [
      'of a bot',
      'bot/issue-12/api',
      bot('planwright[bot]'),
      { kind: 'signal', issue: 12, signal: { kind: 'hint', fact: closed } },
    ],
    ['of a person', 'feature/issue-12/api', wanda, IGNORED],
    ['of a person, under the default', 'planwright/issue-12/api', wanda, { kind: 'signal', issue: 12 }],
    ['that is no task branch', 'bot/api', bot('planwright[bot]'), IGNORED],
  ])('a pull request %s', (_, ref, user, expected) => {
    expect(meaning('pull_request', pull(ref, user))).toMatchObject(expected);
  });

  it('a push and a check say under which', () => {
    const push = { ref: 'refs/heads/bot/issue-12/api', before: 'a', after: 'b', sender: wanda, commits: [] };
    expect(meaning('push', push)).toMatchObject({ kind: 'signal', issue: 12, signal: { kind: 'hint', under: 'bot/' } });
    const run = { id: 1, name: 'test', head_sha: 'b', app: { id: 1 }, check_suite: { head_branch: 'bot/issue-12/api' } };
    expect(meaning('check_run', { action: 'completed', check_run: { ...run, pull_requests: [] } })).toMatchObject({
      signal: { kind: 'hint', under: 'bot/' },
    });
  });

  it('names the branch of a pull request for its checks, unless it is from a fork', () => {
    const opened = (full_name: string) =>
      classifyPullRequest(
        {
          action: 'opened',
          installation: { id: 7 },
          repository: REPOSITORY,
          pull_request: {
            number: 4,
            head: { sha: 'b', ref: 'bot/issue-12/api', repo: { full_name } },
            base: { sha: 'a' },
            user: wanda,
          },
        } as unknown as Parameters<typeof classifyPullRequest>[0],
        'planwright',
      );
    expect([opened('olga/shop')?.branch, opened('rita/shop')?.branch]).toEqual(['bot/issue-12/api', null]);
  });
});

describe('a push', () => {
  const SHA = 'c'.repeat(40);
  const push = (ref: string, more: object = {}) => ({
    ref,
    before: 'a',
    after: 'b',
    created: false,
    forced: false,
    deleted: false,
    sender: bot('github-merge-queue[bot]'),
    commits: [{ added: ['PLAN.md'], removed: [], modified: [] }],
    ...more,
  });

  it.each<[string, object, object]>([
    [
      "to a merge queue's branch",
      push(`refs/heads/gh-readonly-queue/main/pr-13-${SHA}`, { created: true }),
      { kind: 'queued', commit: { repository: SHOP, head: 'b', number: 13 } },
    ],
    [
      "to a merge queue's branch for a base with slashes",
      push(`refs/heads/gh-readonly-queue/release/2.x/pr-13-${SHA}`),
      { kind: 'queued', commit: { repository: SHOP, head: 'b', number: 13 } },
    ],
    ['that ends a merge', push(`refs/heads/gh-readonly-queue/main/pr-13-${SHA}`, { deleted: true }), IGNORED],
    [
      'to a branch that may be a base, by whomever',
      push('refs/heads/release/2.x'),
      { kind: 'pushed', push: { repository: SHOP, branch: 'release/2.x', before: 'a', head: 'b', touched: ['PLAN.md'] } },
    ],
    ['that makes a branch', push('refs/heads/release/2.x', { created: true }), IGNORED],
    ['that rewrites a branch', push('refs/heads/release/2.x', { forced: true }), IGNORED],
    ['of a tag', push('refs/tags/v1'), IGNORED],
  ])('%s', (_, payload, expected) => {
    expect(meaning('push', payload)).toEqual(expected);
  });

  it('to another branch than the default one matters for plans alone', () => {
    const to = (branch: string | undefined, path: string) =>
      isRelevantPush({ repository: SHOP, ...(branch ? { branch } : {}), before: 'a', head: 'b', touched: [path] });
    expect([to('develop', 'PLAN.md'), to('develop', '.github/planwright.yml'), to(undefined, '.github/planwright.yml')]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
