import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { saidTo } from '../support/models/seen-request.ts';
import { anIssue, aPlannedIssue, PLAINLY, replies, type Scene, type SceneOptions } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';

// A repository with rules of its own: what branches are called, what a task is for, who may start one, and what pull requests and commits
// look like.

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const at = ({ repository }: Scene) => ({ owner: repository.owner, repo: repository.name });

async function headOf(task: Scene, branch: string): Promise<string> {
  return (await stage.github.as('olga').rest.git.getRef({ ...at(task), ref: `heads/${branch}` })).data.object.sha;
}

/** A person makes a branch of the tip of another one. */
async function makeBranch(task: Scene, branch: string, from = 'main'): Promise<string> {
  const sha = await headOf(task, from);
  await stage.github.as('wanda').rest.git.createRef({ ...at(task), ref: `refs/heads/${branch}`, sha });
  return sha;
}

async function textOf(task: Scene, path: string, ref: string): Promise<string> {
  const { data } = await stage.github.as('olga').rest.repos.getContent({ ...at(task), path, ref });
  return 'content' in data ? Buffer.from(data.content, 'base64').toString('utf8') : '';
}

async function writeFile(task: Scene, path: string, text: string): Promise<void> {
  const { rest } = stage.github.as('olga');
  const { data } = await rest.repos.getContent({ ...at(task), path });
  const content = Buffer.from(text).toString('base64');
  await rest.repos.createOrUpdateFileContents({
    ...at(task),
    path,
    message: 'Change it',
    content,
    sha: 'sha' in data ? data.sha : '',
  });
}

/** A person edits the plan where it is. */
async function editPlan(task: Scene, branch: string, from: string, to: string): Promise<void> {
  const { rest } = stage.github.as('wanda');
  const text = await textOf(task, 'PLAN.md', branch);
  expect(text).toContain(from);
  const { data } = await rest.repos.getContent({ ...at(task), path: 'PLAN.md', ref: branch });
  const content = Buffer.from(text.replace(from, to)).toString('base64');
  const sha = 'sha' in data ? data.sha : '';
  await rest.repos.createOrUpdateFileContents({ ...at(task), path: 'PLAN.md', branch, message: 'Edit', content, sha });
}

/** A person edits the record that stands in the bot's status comment. */
async function rewriteRecord(task: Scene, from: string, to: string): Promise<void> {
  const { rest } = stage.github.as('olga');
  const comment = (await task.comments()).find(({ body }) => body.startsWith('<!-- planwright:status'));
  const body = (comment?.body ?? '').replace(from, to);
  expect(body).toContain(to);
  await rest.issues.updateComment({ ...at(task), comment_id: comment?.id ?? 0, body });
}

/** The bot's replies on the issue are these, in this order. */
async function told(task: Scene, ...texts: readonly string[]): Promise<void> {
  await stage.github.until(`${texts.length} replies`, async () => (await replies(task)).length >= texts.length);
  expect(await replies(task)).toEqual(texts.map((text) => expect.stringContaining(text)));
}

const closed = (task: Scene) => stage.github.until('the issue to be closed', () => task.isClosed());

const SETTINGS = '.github/planwright.yml';
const one: SceneOptions = { components: [aComponent('limiter')] };
const settled = (more: string, scene: SceneOptions = one): SceneOptions => ({ ...scene, settings: `${PLAINLY}${more}` });

describe('branches of another name', () => {
  it.concurrent('a task keeps its prefix to the end, whatever the settings say meanwhile', async () => {
    const components = [aComponent('store'), aComponent('limiter', { depends_on: ['store'] })];
    const task = await aPlannedIssue(stage, {
      ...settled('branches: { prefix: bot/plan- }\n', { components }),
      prefix: 'bot/plan-',
    });
    expect(task.pullOfPlan.branch).toBe(`bot/plan-issue-${task.issue}/plan`);
    await writeFile(task, SETTINGS, `${PLAINLY}branches: { prefix: robots/ }\n`);
    await task.settled();
    await task.approve('wanda', task.pullOfPlan.number);
    await task.componentsAre('2 open');
    expect(await task.branches()).toEqual(['limiter', 'plan', 'store'].map((part) => `bot/plan-issue-${task.issue}/${part}`));
    await task.merge('wanda', (await task.pull('store')).number, 'squash');
    await task.componentsAre('1 merged, 1 open');
    await task.merge('wanda', (await task.pull('limiter')).number, 'squash');
    await task.statusIs('done');
    await closed(task);
  });

  it.concurrent('so does one whose first plan is still being made when they change', async () => {
    const task = await anIssue(stage, { ...settled('branches: { prefix: bot/ }\n'), prefix: 'bot/' });
    const held = stage.models.hold({ when: (r) => r.turn === 1 && saidTo(r).includes(task.plan.title) });
    await task.label('wanda', 'plan');
    await held.reached;
    await writeFile(task, SETTINGS, `${PLAINLY}branches: { prefix: robots/ }\n`);
    await task.settled();
    held.release();
    await task.statusIs('review');
    // A person edits the plan: the push is to a branch that the settings know nothing of.
    const plan = await task.pull('plan');
    await editPlan(task, plan.branch, 'No new dependency.', 'No dependency.');
    await stage.github.until('the edit to be checked', async () => {
      const head = await headOf(task, plan.branch);
      const { data: checks } = await stage.github.as('olga').rest.checks.listForRef({ ...at(task), ref: head });
      return (
        head !== plan.head &&
        checks.check_runs.some(({ name, conclusion }) => name === 'planwright / plan' && conclusion === 'success')
      );
    });
    await task.approve('wanda', plan.number);
    await task.componentsAre('1 open');
    expect((await task.pull('limiter')).branch).toBe(`bot/issue-${task.issue}/limiter`);
  });

  it.concurrent('a prefix that somebody wrote into the record is not used', async () => {
    const task = await aPlannedIssue(stage, one);
    await rewriteRecord(task, '"prefix":"planwright/"', '"prefix":"release/"');
    await task.approve('wanda', task.pullOfPlan.number);
    await task.componentsAre('1 open');
    const { data } = await stage.github.as('olga').rest.git.listMatchingRefs({ ...at(task), ref: 'heads/release' });
    expect([data, await task.branches()]).toEqual([
      [],
      [`planwright/issue-${task.issue}/limiter`, `planwright/issue-${task.issue}/plan`],
    ]);
  });

  it.concurrent("a person's branch of that name is left alone, and nobody is paid for a plan that cannot be published", async () => {
    const task = await anIssue(stage, { ...settled('branches: { prefix: feature/ }\n'), prefix: 'feature/' });
    const branch = `feature/issue-${task.issue}/plan`;
    const sha = await makeBranch(task, branch);
    await task.label('wanda', 'plan');
    await task.statusIs('failed');
    expect(await headOf(task, branch)).toBe(sha);
    await told(task, `\`${branch}\` was made by another author`);
    expect(task.requests()).toEqual([]);
    // It is out of the way, and the plan is made.
    await stage.github.deleteBranch(task.repository.fullName, branch, 'wanda');
    await task.comment('wanda', '/plan');
    await task.statusIs('review');
    // Likewise a component's.
    const own = await makeBranch(task, `feature/issue-${task.issue}/limiter`);
    await task.comment('wanda', '/execute');
    await task.statusSays('was made by another author');
    expect(await headOf(task, `feature/issue-${task.issue}/limiter`)).toBe(own);
  });

  it.concurrent('a branch that git cannot have next to them is named', async () => {
    const task = await anIssue(stage, { ...settled('branches: { prefix: bot/plans/ }\n'), prefix: 'bot/plans/' });
    await makeBranch(task, 'bot');
    await task.label('wanda', 'plan');
    await task.statusIs('failed');
    const said = `A branch called \`bot\` is in the way of \`bot/plans/issue-${task.issue}/plan\``;
    await told(task, said);
    expect(task.requests()).toEqual([]);
  });
});

describe('another base than the default branch', () => {
  it.concurrent('`/plan --base` plans, builds and lands there, and the plan says so', async () => {
    const task = await anIssue(stage, one);
    const main = await makeBranch(task, 'release/2.x');
    await task.comment('wanda', '/plan --base release/2.x Keep it small.');
    await task.statusIs('review');
    const plan = await task.pull('plan');
    expect([plan.base, await textOf(task, 'PLAN.md', plan.branch)]).toEqual([
      'release/2.x',
      expect.stringContaining('· for `release/2.x` · planned by'),
    ]);
    await task.merge('wanda', plan.number);
    await task.componentsAre('1 open');
    const limiter = await task.pull('limiter');
    expect([limiter.base, limiter.files]).toEqual(['release/2.x', ['src/limiter.js']]);
    await task.merge('wanda', limiter.number, 'squash');
    await task.statusIs('done');
    await closed(task);
    expect(await headOf(task, 'main')).toBe(main);
  });

  it.concurrent('the settings may name it; one that is not there is said before anybody is paid', async () => {
    const task = await anIssue(stage, settled('branches: { base: develop }\n'));
    await task.label('wanda', 'plan');
    await task.statusIs('failed');
    await told(task, 'there is no branch `develop`');
    expect(task.requests()).toEqual([]);
    await makeBranch(task, 'develop');
    await task.comment('wanda', '/plan');
    await task.statusIs('review');
    expect((await task.pull('plan')).base).toBe('develop');
  });

  it.concurrent('a base that does not exist, cannot exist or is no base starts nothing', async () => {
    const task = await anIssue(stage, one);
    for (const base of ['nope', '', 'a..b', `planwright/issue-${task.issue}/plan`])
      await task.reacted(await task.comment('wanda', `/plan --base ${base}`.trim()), 'confused');
    await told(
      task,
      'There is no branch `nope`',
      'The name of the branch is missing',
      '`a..b` cannot be the name of a branch',
      "one of Planwright's own branches",
    );
    expect([await task.statuses(), task.requests()]).toEqual([[], []]);
  });

  it.concurrent('a merge into any other branch approves nothing', async () => {
    const task = await anIssue(stage, one);
    await makeBranch(task, 'release/2.x');
    await task.comment('wanda', '/plan --base release/2.x');
    await task.statusIs('review');
    const plan = await task.pull('plan');
    await stage.github.as('wanda').rest.pulls.update({ ...at(task), pull_number: plan.number, base: 'main' });
    await task.merge('wanda', plan.number);
    await task.statusSays('main');
    expect(await task.state()).toBe('review');
  });

  it.concurrent('a base that somebody wrote into the record moves nothing', async () => {
    const task = await aPlannedIssue(stage, one);
    await makeBranch(task, 'evil');
    await rewriteRecord(task, '"base":null', '"base":"evil"');
    await task.approve('wanda', task.pullOfPlan.number);
    await task.componentsAre('1 open');
    expect((await task.pull('limiter')).base).toBe('main');
  });

  it.concurrent('nor does one that somebody wrote into the plan: its check fails', async () => {
    const task = await aPlannedIssue(stage, one);
    await makeBranch(task, 'evil');
    const { branch, number } = task.pullOfPlan;
    await editPlan(task, branch, ' · planned by', ' · for `evil` · planned by');
    const head = await headOf(task, branch);
    await stage.github.until('its check to fail', async () => {
      const { data } = await stage.github.as('olga').rest.checks.listForRef({ ...at(task), ref: head });
      return data.check_runs.some(({ name, conclusion }) => name === 'planwright / plan' && conclusion === 'failure');
    });
    await stage.github.as('wanda').rest.pulls.update({ ...at(task), pull_number: number, base: 'evil' });
    await task.merge('wanda', number);
    await task.settled();
    expect([await task.state(), await task.branches()]).toEqual(['review', [branch]]);
  });

  it.concurrent('deleted while a component is made, it says so; restored, the component continues', async () => {
    const task = await anIssue(stage, one);
    await makeBranch(task, 'release/2.x');
    await task.comment('wanda', '/plan --base release/2.x');
    await task.statusIs('review');
    const held = stage.models.hold({ when: (r) => r.turn === 1 && saidTo(r).includes(task.plan.title) });
    await task.merge('wanda', (await task.pull('plan')).number);
    await held.reached;
    const sha = await headOf(task, 'release/2.x');
    await stage.github.deleteBranch(task.repository.fullName, 'release/2.x', 'wanda');
    held.release();
    await task.statusSays('there is no branch `release/2.x`, which this task is for');
    expect((await task.pulls()).filter(({ state }) => state === 'open')).toEqual([]);
    await stage.github.as('wanda').rest.git.createRef({ ...at(task), ref: 'refs/heads/release/2.x', sha });
    await task.comment('wanda', '/execute limiter');
    await task.componentsAre('1 open');
    expect((await task.pull('limiter')).base).toBe('release/2.x');
  });

  it.concurrent('deleted in the middle, people are told; restored, the task continues', async () => {
    const task = await anIssue(stage, one);
    const sha = await makeBranch(task, 'release/2.x');
    await task.comment('wanda', '/plan --base release/2.x');
    await task.statusIs('review');
    const plan = await task.pull('plan');
    await stage.github.deleteBranch(task.repository.fullName, 'release/2.x', 'wanda');
    await task.comment('wanda', '/execute');
    const gone = '`release/2.x`, which this task is for, was deleted';
    await stage.github.until('people are told', async () => (await replies(task)).some((reply) => reply.includes(gone)));
    expect((await task.pulls()).map(({ branch }) => branch)).toEqual([plan.branch]);
    await stage.github.as('wanda').rest.git.createRef({ ...at(task), ref: 'refs/heads/release/2.x', sha });
    await stage.github.as('wanda').rest.pulls.update({ ...at(task), pull_number: plan.number, state: 'open' });
    await task.approve('wanda', plan.number);
    await task.componentsAre('1 open');
    expect((await task.pull('limiter')).base).toBe('release/2.x');
  });
});

const CONVENTIONAL = `pull_requests: { title: "{type}({scope}): {title}", labels: [bot, "needs: review"] }
commits: { message: "{type}({scope}): {title}", sign_off: true, co_author: requester }
`;
const CLASSIFIED = [aComponent('limiter', { type: 'perf', scope: 'orders' })];

interface MadeCommit {
  readonly message: string;
  readonly author: string;
  readonly verified: boolean | undefined;
}

async function headCommit(task: Scene, ref: string): Promise<MadeCommit> {
  const { data } = await stage.github.as('olga').rest.repos.getCommit({ ...at(task), ref });
  const { message, author, verification } = data.commit;
  return { message, author: `${author?.name} <${author?.email}>`, verified: verification?.verified };
}

const requested = async (task: Scene, number: number): Promise<string[]> => {
  const { data } = await stage.github.as('olga').rest.pulls.listRequestedReviewers({ ...at(task), pull_number: number });
  return data.users.map(({ login }) => login).sort();
};

describe('pull requests and commits of the form that the repository wants', () => {
  it.concurrent("titles, labels, messages and trailers are the repository's; commits stay verified", async () => {
    const task = await anIssue(stage, settled(CONVENTIONAL, { components: CLASSIFIED }));
    await task.label('wanda', 'plan');
    await task.statusIs('review');
    const plan = await task.pull('plan');
    await stage.github.until('the labels', async () => (await task.pull('plan')).labels.length === 2);
    expect(JSON.stringify(task.requests()[0]?.body)).toContain('The Conventional Commits type of the component');
    expect([plan.title, (await task.pull('plan')).labels]).toEqual([`docs(plan): ${task.plan.title}`, ['bot', 'needs: review']]);
    expect(await textOf(task, 'PLAN.md', plan.branch)).toContain('id: limiter\ntype: perf\nscope: orders\n');
    await task.approve('olga', plan.number);
    await task.componentsAre('1 open');
    const limiter = await task.pull('limiter');
    expect(limiter.title).toBe('perf(orders): Add limiter');
    for (const [branch, first] of [
      [plan.branch, `docs(plan): Plan: ${task.plan.title}\n`],
      [limiter.branch, 'perf(orders): Add limiter\n'],
    ] as const) {
      const { message, author, verified } = await headCommit(task, branch);
      expect(message.slice(0, first.length)).toBe(first);
      expect(message).toMatch(
        /\nPlanwright-Attempt: 1\nCo-authored-by: wanda <\d+\+wanda@users\.noreply\.[^>]+>\nSigned-off-by: [^\n]+$/,
      );
      expect([message.split('\n').at(-1), author, verified]).toEqual([
        `Signed-off-by: ${author}`,
        expect.stringMatching(/^planwright\[bot\] </),
        true,
      ]);
    }
    // Who approved it and who asked for it.
    await stage.github.until('the reviewers', async () => (await requested(task, limiter.number)).length === 2);
    expect(await requested(task, limiter.number)).toEqual(['olga', 'wanda']);
  });

  it.concurrent('nobody is asked for a review where the repository does that itself', async () => {
    const task = await aPlannedIssue(stage, settled('pull_requests: { labels: [], reviewers: none }\n'));
    await task.approve('wanda', task.pullOfPlan.number);
    await task.componentsAre('1 open');
    await task.settled();
    const limiter = await task.pull('limiter');
    expect([await requested(task, task.pullOfPlan.number), await requested(task, limiter.number), limiter.labels]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it.concurrent('people who cannot be asked hold nothing up', async () => {
    const task = await anIssue(stage, one);
    const where = (r: { readonly path: string }): boolean =>
      r.path.startsWith(`/repos/olga/${task.repository.name}/pulls/`) && r.path.endsWith('/requested_reviewers');
    const respond = { status: 422, body: { message: 'Reviews may only be requested from collaborators.' } };
    stage.github.fault({ method: 'POST', by: 'planwright[bot]', where, respond, times: Number.POSITIVE_INFINITY });
    await task.label('wanda', 'plan');
    await task.statusIs('review');
    await task.approve('olga', (await task.pull('plan')).number);
    await task.componentsAre('1 open');
    await task.settled();
    expect(await replies(task)).toEqual([expect.stringContaining('1 open')]);
  });
});

describe('who may start a task', () => {
  const LISTED = 'trigger: { bots: ["ReviewBot[bot]"], roles: [write, triage] }\n';

  it.concurrent('a bot that is named, by the label or by /plan; no other, and nothing else', async () => {
    const [task, commented, other] = [
      await anIssue(stage, settled(LISTED)),
      await anIssue(stage, settled(LISTED)),
      await anIssue(stage, settled(LISTED)),
    ];
    await other.label('github-actions[bot]', 'plan');
    await other.comment('github-actions[bot]', '/plan');
    await task.label('reviewbot[bot]', 'plan');
    await commented.comment('reviewbot[bot]', '/plan Keep it small.');
    await task.statusIs('review');
    await commented.statusIs('review');
    await task.comment('reviewbot[bot]', '/execute');
    await task.approve('reviewbot[bot]', (await task.pull('plan')).number);
    await task.settled();
    expect([await task.state(), await other.statuses(), await replies(other)]).toEqual(['review', [], []]);
  });

  it.concurrent('the triage role where the repository allows it, and for a plan only', async () => {
    const task = await anIssue(stage, settled(LISTED));
    await task.reacted(await task.comment('tim', '/plan'), 'rocket');
    await task.statusIs('review');
    await task.reacted(await task.comment('tim', '/execute'), 'confused');
    await task.approve('tim', (await task.pull('plan')).number);
    await task.settled();
    expect(await task.state()).toBe('review');
    const strict = await anIssue(stage, one);
    await strict.reacted(await strict.comment('tim', '/plan'), 'confused');
    expect(await strict.statuses()).toEqual([]);
  });
});

describe('a merge queue', () => {
  const REQUIRED = ['planwright / plan', 'planwright / scope'];
  const ALL = settled('checks: { all_pull_requests: true }\n');
  const queue = (task: Scene, number: number) => stage.github.queue(task.repository.fullName, number, REQUIRED);

  /** A person's pull request, whose head has the bot's checks where they are wanted. */
  async function pullOf(task: Scene, branch: string): Promise<{ readonly number: number; readonly head: string }> {
    const { rest } = stage.github.as('wanda');
    await makeBranch(task, branch);
    const content = Buffer.from(`${branch}\n`).toString('base64');
    await rest.repos.createOrUpdateFileContents({ ...at(task), path: 'TIDY', branch, message: 'Tidy', content });
    const { data } = await rest.pulls.create({ ...at(task), head: branch, base: 'main', title: 'Tidy' });
    return { number: data.number, head: data.head.sha };
  }

  it.concurrent("gets the checks of the pull request whose turn it is, the bot's as well as a person's", async () => {
    const task = await aPlannedIssue(stage, ALL);
    await task.approve('wanda', task.pullOfPlan.number);
    await task.componentsAre('1 open');
    const person = await pullOf(task, 'tidy');
    expect(await queue(task, person.number)).toBe('merged');
    expect(await queue(task, (await task.pull('limiter')).number)).toBe('merged');
    await task.statusIs('done');
    await closed(task);
  });

  it.concurrent('refuses what the bot has refused', async () => {
    const task = await aPlannedIssue(stage, ALL);
    const reserved = await pullOf(task, 'planwright/tidy');
    const failed = async (): Promise<boolean> => {
      const { data } = await stage.github.as('olga').rest.checks.listForRef({ ...at(task), ref: reserved.head });
      return data.check_runs.length === 2 && data.check_runs.every(({ conclusion }) => conclusion === 'failure');
    };
    await stage.github.until('the checks of the pull request', failed);
    expect(await queue(task, reserved.number)).toBe('removed');
  });

  it.concurrent('gets nothing for people where nothing is required of them', async () => {
    const task = await aPlannedIssue(stage, one);
    const person = await pullOf(task, 'tidy');
    const main = await headOf(task, 'main');
    const tree = (await stage.github.as('olga').rest.git.getCommit({ ...at(task), commit_sha: person.head })).data.tree.sha;
    const { rest } = stage.github.as('olga');
    const made = await rest.git.createCommit({ ...at(task), message: 'Queued', tree, parents: [main, person.head] });
    const ref = `refs/heads/gh-readonly-queue/main/pr-${person.number}-${main}`;
    await rest.git.createRef({ ...at(task), ref, sha: made.data.sha });
    expect(await queue(task, task.pullOfPlan.number)).toBe('merged');
    await task.settled();
    const { data } = await rest.checks.listForRef({ ...at(task), ref: made.data.sha });
    expect(data.check_runs).toEqual([]);
    // A queue's merge is nobody's decision.
    expect(await task.state()).toBe('review');
  });
});
