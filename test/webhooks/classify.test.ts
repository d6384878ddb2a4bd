import { describe, expect, it } from '@jest/globals';
import { issueDigest } from '../../src/domain/task/issue-digest.ts';
import { factOf } from '../../src/domain/task/signal.ts';
import { classify, type KnownEvent } from '../../src/webhooks/classify.ts';
import { classifyPullRequest } from '../../src/webhooks/classify-pull-request.ts';
import { touchedBy } from '../../src/webhooks/classify-push.ts';

const INSTALLATION = { id: 7, account: { login: 'olga' } };
const REPOSITORY = { name: 'shop', full_name: 'olga/shop', default_branch: 'main', owner: { login: 'olga' } };
const SHOP = { owner: 'olga', name: 'shop', installation: 7 };

/** As much of a payload as is looked at. */
const meaning = (name: string, payload: object) =>
  classify(
    {
      id: 'x',
      name,
      payload: { installation: INSTALLATION, repository: REPOSITORY, ...payload },
    } as unknown as KnownEvent,
    4711,
  );

describe('what happens to repositories as a whole', () => {
  it.each<[string, string, object, object]>([
    [
      'the App is installed',
      'installation',
      { action: 'created', repositories: [{ full_name: 'olga/shop' }] },
      { kind: 'installed', owner: 'olga', installation: 7, repositories: [SHOP] },
    ],
    [
      'it comes back, and GitHub does not say where',
      'installation',
      { action: 'unsuspend' },
      { kind: 'installed', owner: 'olga', installation: 7, repositories: null },
    ],
    ['it is suspended', 'installation', { action: 'suspend' }, { kind: 'left', owner: 'olga', names: null }],
    ['it is uninstalled', 'installation', { action: 'deleted' }, { kind: 'left', owner: 'olga', names: null }],
    ['its permissions change', 'installation', { action: 'new_permissions_accepted' }, { kind: 'ignored' }],
    [
      'a repository is taken from it',
      'installation_repositories',
      {
        action: 'removed',
        repositories_removed: [
          { id: 5, full_name: 'olga/shop' },
          { id: 6, full_name: 'olga/Till' },
        ],
      },
      { kind: 'left', owner: 'olga', names: ['shop', 'Till'], ids: { 'olga/shop': 5, 'olga/till': 6 } },
    ],
    [
      'a repository is given to it',
      'installation_repositories',
      { action: 'added', repositories_added: [{ id: 5, full_name: 'olga/shop' }] },
      { kind: 'installed', owner: 'olga', installation: 7, repositories: [SHOP], ids: { 'olga/shop': 5 } },
    ],
    [
      'a repository is renamed',
      'repository',
      { action: 'renamed', changes: { repository: { name: { from: 'stall' } } } },
      { kind: 'moved', from: { owner: 'olga', name: 'stall' }, repository: SHOP },
    ],
    [
      'a repository comes from a person',
      'repository',
      { action: 'transferred', changes: { owner: { from: { user: { login: 'tess' } } } } },
      { kind: 'moved', from: { owner: 'tess', name: 'shop' }, repository: SHOP },
    ],
    [
      'a repository comes from an organisation',
      'repository',
      { action: 'transferred', changes: { owner: { from: { organization: { login: 'guild' } } } } },
      { kind: 'moved', from: { owner: 'guild', name: 'shop' }, repository: SHOP },
    ],
    ['a repository is deleted', 'repository', { action: 'deleted' }, { kind: 'left', owner: 'olga', names: ['shop'] }],
    [
      'its default branch is another',
      'repository',
      { action: 'edited', changes: { default_branch: { from: 'master' } } },
      { kind: 'observe_repository', repository: SHOP },
    ],
    [
      'a repository is not archived any more',
      'repository',
      { action: 'unarchived' },
      { kind: 'observe_repository', repository: SHOP },
    ],
    ['a repository is archived', 'repository', { action: 'archived' }, { kind: 'ignored' }],
    [
      'an account is renamed',
      'installation_target',
      { action: 'renamed', account: { login: 'olga' }, changes: { login: { from: 'olja' } } },
      { kind: 'owner_moved', from: 'olja', installation: 7 },
    ],
    [
      'its description is another',
      'repository',
      { action: 'edited', changes: { description: { from: '' } } },
      { kind: 'ignored' },
    ],
  ])('%s', (_, name, payload, expected) => {
    expect(meaning(name, payload)).toEqual(expected);
  });
});

describe('who pushed to a pull request of the bot', () => {
  const user = { login: 'planwright[bot]', type: 'Bot' };
  const pull_request = { user, head: { ref: 'planwright/issue-3/store', repo: { full_name: 'olga/shop' } } };
  it.each([
    ['the bot itself', user, 'ignored'],
    ['another bot', { login: 'pre-commit-ci[bot]', type: 'Bot' }, 'signal'],
    ['a person', { login: 'wanda', type: 'User' }, 'signal'],
  ])('%s', (_, sender, kind) => {
    expect(meaning('pull_request', { action: 'synchronize', sender, pull_request }).kind).toBe(kind);
  });
});

describe('a conversation is locked or unlocked', () => {
  it.each(['locked', 'unlocked'])('%s, also by a bot: its task is observed', (action) => {
    const payload = { action, sender: { login: 'lock[bot]', type: 'Bot' }, issue: { number: 3, title: '', body: null } };
    const fact = { kind: 'issue_locked', locked: action === 'locked' };
    expect(meaning('issues', payload)).toEqual({ kind: 'signal', repository: SHOP, issue: 3, signal: { kind: 'hint', fact } });
  });
});

describe('a branch of the bot is deleted', () => {
  const bot = { login: 'planwright[bot]', type: 'Bot' };
  const gone = { ref: 'refs/heads/planwright/issue-3/store', deleted: true, sender: bot, commits: [] };
  it('is told by its push, whoever deleted it', () => {
    expect(meaning('push', gone).kind).toBe('signal');
    expect(meaning('push', { ...gone, deleted: false }).kind).toBe('ignored');
  });
});

describe('the paths a push changed', () => {
  const push = (more: object) =>
    ({ commits: [], forced: false, created: false, ...more }) as unknown as Parameters<typeof touchedBy>[0];
  it('are those of all its commits, each once', () => {
    const commits = [
      { added: ['a'], modified: ['b'], removed: [] },
      { added: [], modified: ['a'], removed: ['c'] },
    ];
    expect(touchedBy(push({ commits }))).toEqual(['a', 'b', 'c']);
  });
  it('cannot be told of a forced push, a new branch, or too many', () => {
    expect(touchedBy(push({ forced: true }))).toBeNull();
    expect(touchedBy(push({ created: true }))).toBeNull();
    expect(touchedBy(push({ commits: Array.from({ length: 2_048 }, () => ({})) }))).toBeNull();
  });
});

describe('what a delivery announces goes with the signal', () => {
  const wanda = { login: 'wanda', type: 'User' };
  const head = { ref: 'planwright/issue-3/plan', repo: { full_name: 'olga/shop' } };
  const pull = {
    number: 9,
    user: { login: 'planwright[bot]', type: 'Bot' },
    head,
    state: 'closed',
    merged: true,
    updated_at: 'now',
  };
  const issue = { number: 3, title: 'A', body: null, updated_at: 'now', state: 'open' };
  const review = (state: string) => ({ id: 8, node_id: 'R', body: '', state, submitted_at: 'now' });
  const ofPull = { sender: wanda, pull_request: pull };
  it.each<[string, string, object, object]>([
    ['a merge', 'pull_request', { action: 'closed', ...ofPull }, { kind: 'pull', number: 9, state: 'closed', merged: true }],
    [
      'a new head',
      'pull_request',
      { action: 'synchronize', before: 'old', ...ofPull },
      { kind: 'head_moved', branch: head.ref, from: 'old' },
    ],
    [
      'a push',
      'push',
      { ref: `refs/heads/${head.ref}`, before: 'old', sender: wanda },
      { kind: 'head_moved', branch: head.ref, from: 'old' },
    ],
    [
      'an approval',
      'pull_request_review',
      { action: 'submitted', review: review('approved'), ...ofPull },
      { kind: 'review', on: 9, id: 8, state: 'approved' },
    ],
    [
      'an objection to the plan',
      'pull_request_review',
      { action: 'submitted', review: review('changes_requested'), ...ofPull },
      { kind: 'review', on: 9, id: 8, state: 'changes_requested' },
    ],
    [
      'a review that is dismissed',
      'pull_request_review',
      { action: 'dismissed', review: review('dismissed'), ...ofPull },
      { kind: 'review', on: 9, id: 8, state: 'dismissed' },
    ],
    ['a closed issue', 'issues', { action: 'closed', issue, sender: wanda }, { kind: 'issue_state', state: 'closed' }],
    [
      'an issue closed by a bot',
      'issues',
      { action: 'closed', issue, sender: pull.user },
      { kind: 'issue_state', state: 'closed' },
    ],
    ['a reopened issue', 'issues', { action: 'reopened', issue, sender: wanda }, { kind: 'issue_state', state: 'open' }],
    [
      'a label that is taken off',
      'issues',
      { action: 'unlabeled', label: { name: 'plan' }, issue, sender: wanda },
      { kind: 'label_removed', label: 'plan' },
    ],
    [
      'an edit',
      'issues',
      { action: 'edited', changes: { title: { from: 'B' } }, issue, sender: wanda },
      { kind: 'issue_text', digest: issueDigest({ title: 'A', body: '' }) },
    ],
  ])('%s', (_, name, payload, fact) => {
    const found = meaning(name, payload);
    expect(found.kind === 'signal' && factOf(found.signal)).toEqual(fact);
  });
});

describe('"Re-run" at a check', () => {
  const rerun = (name: 'check_run' | 'check_suite', appId: number, branch: string | null, action = 'rerequested') => {
    const suite = { head_branch: branch, head_sha: 'abc', app: { id: appId }, pull_requests: [] };
    const run = { id: 1, name: 'planwright / plan', head_sha: 'abc', app: { id: appId }, check_suite: suite, pull_requests: [] };
    return meaning(name, { action, [name]: name === 'check_run' ? run : suite, sender: { login: 'wanda', type: 'User' } });
  };
  it.each(['check_run', 'check_suite'] as const)('of ours asks for it again (%s)', (name) => {
    expect(rerun(name, 4711, 'planwright/issue-12/plan')).toMatchObject({ issue: 12, signal: { kind: 'hint', rerun: 'abc' } });
    expect(rerun(name, 4711, 'planwright/issue-12/store')).toMatchObject({ issue: 12, signal: { kind: 'hint', rerun: 'abc' } });
  });
  it.each(['check_run', 'check_suite'] as const)('means nothing elsewhere (%s)', (name) => {
    expect(rerun(name, 1, 'planwright/issue-12/store')).toEqual({ kind: 'ignored' });
    expect(rerun(name, 4711, 'main')).toEqual({ kind: 'ignored' });
    expect(rerun(name, 4711, null)).toEqual({ kind: 'ignored' });
    expect(rerun(name, 4711, 'planwright/issue-12/store', 'completed')).toEqual({ kind: 'ignored' });
  });

  const HERE = { id: 1 };
  const pull = (more: object = {}) => ({
    number: 13,
    head: { ref: 'topic', sha: 'abc', repo: HERE },
    base: { ref: 'main', sha: 'def', repo: HERE },
    ...more,
  });
  const upstream = pull({ number: 3, base: { ref: 'main', sha: '999', repo: { id: 2 } } });
  const onOthers = (name: 'check_run' | 'check_suite', pulls: readonly object[], action = 'rerequested') => {
    const suite = { head_branch: 'topic', head_sha: 'abc', app: { id: 4711 }, pull_requests: pulls };
    const run = { id: 1, head_sha: 'abc', app: { id: 4711 }, check_suite: suite, pull_requests: pulls };
    const checked = name === 'check_run' ? run : suite;
    return meaning(name, { action, [name]: checked, repository: { ...REPOSITORY, id: 1 } });
  };
  const again = (branch: string | null) => ({
    kind: 'check_again',
    pull: { repository: SHOP, number: 13, head: 'abc', base: 'def', byBot: true, branch, again: true },
  });
  describe.each(['check_run', 'check_suite'] as const)("of ours on somebody's pull request (%s)", (name) => {
    it.each<[string, readonly object[], object]>([
      ['asks for it again', [pull()], again('topic')],
      ['asks for it by one of several', [upstream, pull(), pull({ number: 14 })], again('topic')],
      [
        'means the commit, where the branch has moved on',
        [pull({ head: { ref: 'topic', sha: 'fff', repo: HERE } })],
        again('topic'),
      ],
      [
        "takes another repository's branch for nobody's",
        [pull({ head: { ref: 'topic', sha: 'abc', repo: { id: 2 } } })],
        again(null),
      ],
      ['means nothing where GitHub names none', [], { kind: 'ignored' }],
      ['means nothing to the repository it was forked from', [upstream], { kind: 'ignored' }],
      ['means nothing where something is missing', [pull({ base: null })], { kind: 'ignored' }],
    ])('%s', (_, pulls, expected) => {
      expect(onOthers(name, pulls)).toEqual(expected);
      expect(onOthers(name, pulls, 'completed')).toEqual({ kind: 'ignored' });
    });
  });
});

describe('an edit of an issue', () => {
  const edit = (body: string | null, changes: object) =>
    meaning('issues', {
      action: 'edited',
      changes,
      issue: { number: 12, title: 'A', body, updated_at: '2026-11-23T12:00:00Z' },
      sender: { login: 'wanda', type: 'User' },
    });
  const digestIn = (found: ReturnType<typeof edit>) =>
    found.kind === 'signal' && found.signal.kind === 'edited' ? found.signal.digest : null;

  it.each<[string, string | null, object]>([
    ['another title', 'Same.', { title: { from: 'B' } }],
    ['another body', 'New.', { body: { from: 'Old.' } }],
    ['a first body', 'New.', { body: { from: '' } }],
    ['a body that is gone', null, { body: { from: 'Old.' } }],
    ['a tick and a word', '- [x] new', { body: { from: '- [ ] old' } }],
  ])('%s is announced with the new text', (_, body, changes) => {
    expect(digestIn(edit(body, changes))).toBe(issueDigest({ title: 'A', body: body ?? '' }));
  });
  it.each<[string, string, object]>([
    ['a tick', '- [x] a', { body: { from: '- [ ] a' } }],
    ['a tick that is taken back', '- [ ] a', { body: { from: '- [X] a' } }],
    ['what is neither title nor body', '- [ ] a', {}],
  ])('field case 35-writer-ticks-a-box: %s means nothing, whatever somebody else wrote before', (_, body, changes) => {
    expect(edit(body, changes)).toEqual({ kind: 'ignored' });
  });
});

describe('a status comment that a person edits', () => {
  const STATUS = '<!-- planwright:status issue=12 state=review -->\n**Plan**';
  const edited = (more: { by?: object; user?: object; via?: object | null; changes?: object }) =>
    meaning('issue_comment', {
      action: 'edited',
      sender: more.by ?? { login: 'wanda', type: 'User' },
      issue: { number: 12 },
      changes: more.changes ?? { body: { from: STATUS } },
      comment: {
        id: 99,
        body: 'anything',
        updated_at: '2026-11-23T12:00:00Z',
        html_url: 'https://github.com/olga/shop/issues/12#issuecomment-99',
        user: more.user ?? { login: 'planwright[bot]', type: 'Bot' },
        performed_via_github_app: more.via === undefined ? { id: 4711 } : more.via,
      },
    });

  it('is announced with the editor', () => {
    expect(edited({})).toEqual({
      kind: 'signal',
      repository: SHOP,
      issue: 12,
      signal: {
        kind: 'status_edited',
        editor: 'wanda',
        at: '2026-11-23T12:00:00Z',
        url: 'https://github.com/olga/shop/issues/12#issuecomment-99',
      },
    });
  });

  it.each<[string, Parameters<typeof edited>[0]]>([
    ['the bot itself edits it', { by: { login: 'planwright[bot]', type: 'Bot' } }],
    ['it is a copy in a comment of their own', { user: { login: 'wanda', type: 'User' } }],
    ['another App wrote it', { user: { login: 'renovate[bot]', type: 'Bot' }, via: { id: 1 } }],
    ['it was no status comment before', { changes: { body: { from: 'Thanks.' } } }],
    ['it is the status comment of another issue', { changes: { body: { from: STATUS.replace('12', '13') } } }],
    ['its text did not change', { changes: {} }],
  ])('means nothing where %s', (_, more) => expect(edited(more)).toEqual({ kind: 'ignored' }));
});

it('a deleted status comment is announced to its task; any other deleted comment means nothing', () => {
  const deleted = (body: string) =>
    meaning('issue_comment', { action: 'deleted', issue: { number: 12 }, comment: { id: 99, body } });
  expect(deleted('<!-- planwright:status issue=12 state=review -->\n**Plan**')).toEqual({
    kind: 'signal',
    repository: SHOP,
    issue: 12,
    signal: { kind: 'status_deleted', comment: 99 },
  });
  expect(deleted('Thanks.')).toEqual({ kind: 'ignored' });
});

describe('a new head of a pull request', () => {
  const seen = (by: string, author: string, slug: string | null = 'planwright') =>
    classifyPullRequest(
      {
        action: 'synchronize',
        installation: INSTALLATION,
        repository: REPOSITORY,
        sender: { login: by },
        pull_request: {
          number: 3,
          head: { sha: 'abc', ref: 'planwright/issue-1/store', repo: REPOSITORY },
          base: { sha: 'def' },
          user: { login: author, type: 'Bot' },
        },
      } as unknown as Parameters<typeof classifyPullRequest>[0],
      slug,
    );

  it.each<[string, string, string, string | null, boolean]>([
    ['by this App on its own is known', 'planwright[bot]', 'planwright[bot]', 'planwright', false],
    ['by a person on one of its own is looked at', 'wanda', 'planwright[bot]', 'planwright', true],
    ["by this App on somebody's is looked at", 'planwright[bot]', 'wanda', 'planwright', true],
    ['by another App is looked at', 'other[bot]', 'other[bot]', 'planwright', true],
    ['is looked at before the App knows its name', 'planwright[bot]', 'planwright[bot]', null, true],
  ])('%s', (_, by, author, slug, isLookedAt) => {
    expect(seen(by, author, slug) !== null).toBe(isLookedAt);
  });
});
