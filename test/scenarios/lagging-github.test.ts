import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Fault, SeenRequest } from '../support/github/traffic.ts';
import { saidTo } from '../support/models/seen-request.ts';
import { QUICK_WAITS } from '../support/quick-waits.ts';
import { observes } from '../support/requests-about.ts';
import { anOpenPull } from '../support/reviewed-pull.ts';
import { anIssue, aPlannedIssue, replies, type Scene } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';

const WAITS = { ...QUICK_WAITS, limits: { secondary: 800, inline: 0 } };

let stage: Stage;

beforeAll(async () => {
  stage = await openStage({}, WAITS);
});
afterAll(() => stage?.close());

const ONE = [aComponent('limiter')];

/** What the bot hears of this task's repository instead of the truth. */
function gitHubSays(task: Scene, method: string, path: RegExp, respond: Fault['respond'], times = 1): void {
  const here = `/repos/olga/${task.repository.name}`;
  const where = (r: SeenRequest): boolean => r.path.startsWith(here) && path.test(r.path.slice(here.length));
  stage.github.fault({ method, by: 'planwright[bot]', where, respond, times });
}

interface Told {
  issueOrPullRequest: { state: string; closedAt: string | null; comments: { nodes: unknown[] } };
}

/** The same of the query that tells of the task as a whole: what GitHub told now, before anything happens, but for a change. */
async function gitHubTells(task: Scene, change: (told: Told) => void = () => {}): Promise<void> {
  const isAbout = observes(task.repository);
  const asked = stage.github.requests.findLast(isAbout)?.body as { query: string; variables: Record<string, unknown> };
  const told = await stage.github.as('olga').request('POST /graphql', asked);
  const { data } = told.data as { data: { repository: Told } };
  change(data.repository);
  const where = (r: SeenRequest): boolean => isAbout(r) && r.by.login === 'planwright[bot]';
  stage.github.fault({ method: 'POST', where, respond: { status: 200, body: { data } }, times: 2 });
}

const NOT_FOUND = { status: 404, body: { message: 'Not Found' } };
const UNRESOLVED = { status: 422, body: { message: "Could not resolve to a node with the global id of 'PR_kwDO'." } };
const SECONDARY = {
  status: 403,
  body: { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' },
};

const hourlyLimit = () => ({
  status: 403,
  headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.floor(Date.now() / 1_000) + 3_600) },
  body: { message: 'API rate limit exceeded for installation ID 7.' },
});

describe('GitHub shows late what it announced', () => {
  it.concurrent('a 404 on the issue right after it was labelled: the plan arrives all the same', async () => {
    const task = await anIssue(stage, { components: ONE });
    gitHubSays(task, 'GET', /^\/issues\/1$/, NOT_FOUND, 2);
    const where = observes(task.repository);
    const errors = [{ type: 'NOT_FOUND', message: 'Could not resolve to an issue or pull request with the number of 1.' }];
    stage.github.fault({
      method: 'POST',
      where,
      respond: { status: 200, body: { data: { repository: null }, errors } },
      times: 2,
    });
    await task.label('wanda', 'plan');
    await task.statusIs('review');
    expect(await replies(task)).toEqual([]);
  });

  it.concurrent('a list of reviews without the approving one: the plan is executed once it is there', async () => {
    const task = await aPlannedIssue(stage, { components: ONE });
    gitHubSays(task, 'GET', /^\/pulls\/\d+\/reviews/, { status: 200, body: [] }, 2);
    await task.approve('wanda', task.pullOfPlan.number);
    await task.componentsAre('1 open');
  });

  it.concurrent('an /execute that GitHub does not find yet: it approves the plan once it is there', async () => {
    const task = await aPlannedIssue(stage, { components: ONE });
    const isHere = (node: unknown): boolean =>
      stage.github.deliveries.some(
        ({ event, repository, payload }) =>
          event === 'issue_comment' &&
          repository === task.repository.fullName &&
          (payload as { comment: { node_id: string } }).comment.node_id === node,
      );
    const where = ({ path, by, body }: SeenRequest): boolean =>
      path === '/graphql' &&
      by.login === 'planwright[bot]' &&
      isHere((body as { variables?: { id?: unknown } }).variables?.id) &&
      String((body as { query: string }).query).includes('lastEditedAt');
    stage.github.fault({ method: 'POST', where, respond: { status: 200, body: { data: { node: null } } }, times: 2 });
    const command = await task.comment('wanda', '/execute');
    await task.componentsAre('1 open');
    await task.reacted(command, 'rocket');
    expect((await replies(task)).filter((reply) => reply.includes('edited or deleted'))).toEqual([]);
  });

  it.concurrent('a plan whose branch is not there yet is revised on that branch', async () => {
    const task = await aPlannedIssue(stage, { components: ONE });
    gitHubSays(task, 'GET', /^\/git\/ref\/heads%2Fplanwright%2Fissue-1%2Fplan$/, NOT_FOUND, 2);
    await task.comment('wanda', '/replan Say more about memory.');
    await task.statusIs('review', 2);
  });

  it.concurrent('a plan of which neither the branch nor the pull request is there yet is revised on that branch', async () => {
    const task = await aPlannedIssue(stage, { components: ONE });
    gitHubSays(task, 'GET', /^\/git\/ref\/heads%2Fplanwright%2Fissue-1%2Fplan$/, NOT_FOUND, 3);
    gitHubSays(task, 'GET', /^\/pulls\?/, { status: 200, body: [] }, 3);
    gitHubSays(task, 'GET', new RegExp(`^/pulls/${task.pullOfPlan.number}$`), NOT_FOUND);
    await task.comment('wanda', '/replan Say more about memory.');
    await task.statusIs('review', 2);
    expect((await task.pulls()).map(({ number }) => number)).toEqual([task.pullOfPlan.number]);
    expect((await replies(task)).filter((reply) => reply.includes('another author'))).toEqual([]);
  });

  it.concurrent('a list of comments that breaks off is not taken for an empty one: nothing is posted twice', async () => {
    const task = await aPlannedIssue(stage, { components: ONE });
    gitHubSays(task, 'GET', /^\/issues\/\d+\/comments/, 'drop-within', 3);
    await task.comment('wanda', '/replan Say more about memory.');
    await task.statusIs('review', 2);
    expect(await task.statuses()).toHaveLength(1);
  });

  it.concurrent('an issue that still reads as open after it was closed: the task is cancelled', async () => {
    const task = await aPlannedIssue(stage, { components: ONE });
    const at = { owner: 'olga', repo: task.repository.name, issue_number: task.issue };
    await gitHubTells(task);
    await stage.github.as('olga').rest.issues.update({ ...at, state: 'closed' });
    await task.statusIs('cancelled');
  });

  it.concurrent('a list of comments without the status comment: there is one status comment', async () => {
    const task = await aPlannedIssue(stage, { components: ONE });
    await gitHubTells(task, ({ issueOrPullRequest }) => {
      issueOrPullRequest.comments.nodes = [];
    });
    await task.reacted(await task.comment('wanda', '/execute'), 'rocket');
    await task.componentsAre('1 open');
    expect(await task.statuses()).toHaveLength(1);
  });
});

describe('a command is acknowledged although', () => {
  let task: Scene;
  beforeAll(async () => {
    task = await aPlannedIssue(stage, { components: ONE });
  });

  it.each([
    ['the comment is not found yet', NOT_FOUND],
    ['the connection breaks', 'drop' as const],
    ['the answer breaks off', 'drop-within' as const],
    ['GitHub fails after having done it', { status: 502, performed: true }],
  ])('%s', async (_, accident) => {
    gitHubSays(task, 'POST', /^\/issues\/comments\/\d+\/reactions$/, accident);
    const command = await task.comment('wanda', '/status');
    await task.reacted(command, 'rocket');
    await task.reacted(command, 'eyes');
  });
});

describe('GitHub refuses what was made a moment ago', () => {
  it.concurrent('the label of a new pull request twice: it gets its label', async () => {
    const task = await anIssue(stage, { components: ONE });
    gitHubSays(task, 'POST', /^\/issues\/\d+\/labels$/, UNRESOLVED, 2);
    await task.label('wanda', 'plan');
    await task.statusIs('review');
    expect((await task.pull('plan')).labels).toEqual(['planwright']);
  });

  it.concurrent('the label for good: the work is done without it', async () => {
    const task = await anIssue(stage, { components: ONE });
    gitHubSays(task, 'POST', /^\/issues\/\d+\/labels$/, UNRESOLVED, Number.POSITIVE_INFINITY);
    await task.label('wanda', 'plan');
    await task.statusIs('review');
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 open');
    expect((await task.pull('limiter')).labels).toEqual([]);
    expect(await replies(task)).toEqual([expect.stringContaining('approves the plan')]);
  });

  it.concurrent('a pull request from a branch that is new: it is asked for again', async () => {
    const task = await anIssue(stage, { components: ONE });
    const body = { message: 'Validation Failed', errors: [{ resource: 'PullRequest', field: 'head', code: 'invalid' }] };
    gitHubSays(task, 'POST', /^\/pulls$/, { status: 422, body }, 2);
    await task.label('wanda', 'plan');
    await task.statusIs('review');
  });

  it.concurrent('a reaction: the command is carried out', async () => {
    const task = await anIssue(stage, { components: ONE });
    const locked = { status: 403, body: { message: 'Unable to create reaction because issue is locked' } };
    gitHubSays(task, 'POST', /\/reactions$/, locked, Number.POSITIVE_INFINITY);
    await task.comment('wanda', '/plan');
    await task.statusIs('review');
  });
});

// One after the other: a secondary limit closes the door for the whole installation, and all repositories here are one's.
describe('a secondary limit without Retry-After', () => {
  it('is waited for outside of the queue, and no model is asked again', async () => {
    const task = await anIssue(stage, { components: ONE });
    gitHubSays(task, 'POST', /^\/git\/trees$/, SECONDARY, 2);
    await task.label('wanda', 'plan');
    await task.statusIs('review');
    expect(task.requests()).toHaveLength(2);
    expect(await replies(task)).toEqual([]);
    expect(
      stage.bot.output.filter((l) => l.includes('waits outside of its queue') && l.includes(task.repository.name)),
    ).toHaveLength(2);
  });

  it('on a command costs a wait and not the command', async () => {
    const task = await aPlannedIssue(stage, { components: ONE });
    gitHubSays(task, 'PATCH', /^\/issues\/comments\/\d+$/, SECONDARY, 2);
    await task.reacted(await task.comment('wanda', '/execute'), 'rocket');
    await task.componentsAre('1 open');
  });
});

it('an hourly limit does not keep a person from cancelling, and the work does not come back by itself', async () => {
  const task = await anIssue(stage, { components: ONE });
  gitHubSays(task, 'POST', /^\/git\/trees$/, hourlyLimit());
  await task.label('wanda', 'plan');
  await stage.github.until('the work to wait', async () =>
    stage.bot.output.some((l) => l.includes('waits outside of its queue') && l.includes(task.repository.name)),
  );
  await task.reacted(await task.comment('wanda', '/cancel'), 'rocket');
  await task.statusIs('cancelled');
  await task.comment('wanda', '/plan');
  await task.statusIs('review');
});

describe('GitHub takes no more requests in the middle of handling an event', () => {
  it.concurrent('a review whose acknowledgement meets the limit is worked on once', async () => {
    const task = await anOpenPull(stage);
    const script = task.executorDoes('limiter', [
      { calls: [{ name: 'edit_file', input: { path: 'src/limiter.js', old_text: 'limiter = true', new_text: 'limiter = 30' } }] },
      { calls: [{ name: 'finish', input: { summary: 'Thirty.' } }] },
    ]);
    const rockets = (): SeenRequest[] =>
      stage.github.requests.filter((r) => r.by.login === 'planwright[bot]' && isRocket(r) && r.status !== undefined);
    const isRocket = (r: SeenRequest): boolean => JSON.stringify(r.body ?? '').includes('"ROCKET"');
    stage.github.fault({ path: /^\/graphql$/, where: isRocket, respond: SECONDARY });
    // The work lasts until the event has been handled again.
    const working = stage.models.hold({ when: (r) => saidTo(r).includes('Make it 30.') });
    await task.review('wanda', 'REQUEST_CHANGES', 'Almost.', [2, 'Make it 30.']);
    await stage.github.until('the acknowledgement', () => rockets().some(({ status }) => status === 200));
    working.release();
    await task.account();
    await task.componentsAre('1 open');
    expect(await replies(task, task.number)).toHaveLength(1);
    expect(script.requests.filter(({ turn }) => turn === 0)).toHaveLength(1);
  });

  it.concurrent('a blocker that could not be told is told after the limit, once', async () => {
    const input = { kind: 'impossible', plan_clause: 'Provide limiter', evidence: 'src/server.js:1', proposal: 'Leave it out.' };
    const executors = { limiter: [{ calls: [{ name: 'flag_blocker', input }] }] };
    const task = await aPlannedIssue(stage, { components: ONE, executors });
    const isBlocker = (r: SeenRequest): boolean => JSON.stringify(r.body ?? '').includes('to=blocked:limiter');
    const path = new RegExp(`^/repos/olga/${task.repository.name}/issues/1/comments$`);
    stage.github.fault({ method: 'POST', path, where: isBlocker, respond: SECONDARY });
    await task.comment('wanda', '/execute');
    const told = await stage.github.until('the blocker to be told', async () => {
      const said = (await replies(task)).filter((reply) => reply.includes('Leave it out.'));
      return said.length > 0 && said;
    });
    expect(told).toHaveLength(1);
  });
});
