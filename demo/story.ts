import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Ci, continuousIntegration } from '../test/support/ci.ts';
import type { Stage } from '../test/support/stage.ts';
import { openIssue, type PullPage, type TaskPage } from '../test/support/task-page.ts';
import { isExecutorOf } from './cast.ts';
import { testPullRequest } from './ci.ts';
import { ISSUE, JONAS_EDITS, REPOSITORY } from './script/issue.ts';
import { CLIENT_KEY_INTERRUPTED_TURN, LIMIT_LINKS_KILLED_TURN } from './script/turns.ts';
import type { Log } from './timeline.ts';

/** What people do, each step when they see what they waited for. @returns the issue's page, when it is closed. */
export async function playStory(stage: Stage, log: Log): Promise<TaskPage> {
  const repository = await stage.github.addRepository({
    ...REPOSITORY,
    files: filesUnder(join(import.meta.dirname, 'repository')),
  });
  const ci = continuousIntegration(stage.github, repository);
  const page = await openIssue({ github: stage.github, repository, ...ISSUE });

  await page.label('mara', 'plan');
  const plan = await page.pull('plan');
  await page.statusIs('review');

  await someoneWithReadAccessApproves(stage, page, plan);
  await aWriterEditsThePlan(stage, page, plan);
  await approve(stage, page, plan, 'mara', 'Counting from the right is what I was after. Good to go.');

  await twoComponentsSideBySide(stage, page);
  await page.comment('jonas', '/status');
  await stage.github.until('the answer to /status', async () =>
    (await page.comments()).some((c) => c.login === 'planwright[bot]' && c.body.includes('State: **executing**')),
  );
  await testAndMerge(stage, page, ci, 'token-bucket');
  const killed = killInTheMiddle(stage, log);
  await testAndMerge(stage, page, ci, 'client-key');
  await killed;

  await page.statusSays(/limit-links` \| open/);
  await testAndMerge(stage, page, ci, 'limit-links');
  await page.statusIs('done');
  await stage.github.until('the issue to be closed', () => page.isClosed());
  return page;
}

function filesUnder(dir: string): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((f) => join(f.parentPath, f.name))
      .map((path) => [relative(dir, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')]),
  );
}

const atRepository = ({ repository }: TaskPage) => ({ owner: repository.owner, repo: repository.name });

async function approve({ github }: Stage, page: TaskPage, pull: PullPage, login: string, body: string): Promise<void> {
  await github.as(login).rest.pulls.createReview({ ...atRepository(page), pull_number: pull.number, event: 'APPROVE', body });
}

/** rita tries twice, in both ways there are, and gets one reply. */
async function someoneWithReadAccessApproves(stage: Stage, page: TaskPage, plan: PullPage): Promise<void> {
  const told = async () => (await page.comments(plan.number)).filter((c) => c.body.includes('@rita')).length;
  await approve(stage, page, plan, 'rita', 'Looks right to me!');
  await stage.github.until('rita to be told', async () => (await told()) > 0);
  await page.reacted(await page.comment('rita', '/execute', plan.number), 'confused');
  await stage.github.idle();
  expect((await told()) === 1, 'rita is told exactly once');
  expect((await page.pulls()).length === 1, "nothing starts on rita's approval");
}

/** The plan is a file like any other: jonas changes two words in it, and the check runs again. */
async function aWriterEditsThePlan({ github }: Stage, page: TaskPage, plan: PullPage): Promise<void> {
  const file = { ...atRepository(page), path: 'PLAN.md' };
  const { data } = await github.as('jonas').rest.repos.getContent({ ...file, ref: plan.branch });
  if (Array.isArray(data) || data.type !== 'file') throw new Error('PLAN.md is no file');
  let text = Buffer.from(data.content, 'base64').toString('utf8');
  for (const [from, to] of JONAS_EDITS) {
    expect(text.split(from).length === 2, `PLAN.md says "${from}" once`);
    text = text.replace(from, () => to);
  }
  const message = 'Allow 20 links in a burst, not 30';
  const content = Buffer.from(text).toString('base64');
  const { data: made } = await github
    .as('jonas')
    .rest.repos.createOrUpdateFileContents({ ...file, branch: plan.branch, sha: data.sha, message, content });
  await github.until('the check on the edited plan', async () => {
    const ref = made.commit.sha as string;
    const { data: checks } = await github.as('jonas').rest.checks.listForRef({ ...atRepository(page), ref });
    return checks.check_runs.some((run) => run.conclusion === 'success');
  });
}

/** Both work at once. While client-key is in the middle of a turn jonas stops everything, and then lets it continue. */
async function twoComponentsSideBySide({ github, models }: Stage, page: TaskPage): Promise<void> {
  const ofClientKey = isExecutorOf('client-key');
  const held = models.hold({ when: (r) => ofClientKey(r) && r.turn === CLIENT_KEY_INTERRUPTED_TURN });
  await held.reached;
  await page.statusSays(/token-bucket` \| open/);
  await page.comment('jonas', '/cancel');
  await page.statusIs('cancelled');
  held.release();
  await page.comment('jonas', '/execute');
  await page.pull('client-key');
  await page.statusSays(/token-bucket` \| open[\s\S]*client-key` \| open/);
  await github.idle();
}

/** SIGKILL while the third component is running: nothing is lost, and no recorded answer is requested again. */
async function killInTheMiddle(stage: Stage, log: Log): Promise<void> {
  const ofLimitLinks = isExecutorOf('limit-links');
  const held = stage.models.hold({ when: (r) => ofLimitLinks(r) && r.turn === LIMIT_LINKS_KILLED_TURN });
  await held.reached;
  log('demo', `kill -9 to Planwright, while limit-links waits for its turn ${LIMIT_LINKS_KILLED_TURN + 1}`);
  await stage.bot.kill();
  await stage.restart();
  held.release();
  log('demo', `Planwright runs again, at ${stage.bot.url}`);
  await stage.models.until('limit-links to resume', () =>
    stage.models.requests.some((r) => ofLimitLinks(r) && r.turn > LIMIT_LINKS_KILLED_TURN),
  );
  const asked = stage.models.requests.filter(ofLimitLinks).map((r) => r.turn);
  const again = asked.filter((turn, i) => asked.indexOf(turn) < i);
  expect(
    again.join() === `${LIMIT_LINKS_KILLED_TURN}`,
    `only the turn in flight is requested again, not ${again.map((n) => n + 1).join()}`,
  );
}

/** A draft until its test is green; then it is ready, and mara, who approved the plan, is requested to review it. */
async function testAndMerge(stage: Stage, page: TaskPage, ci: Ci, id: string): Promise<void> {
  const pull = await page.pull(id);
  expect(pull.draft, `#${pull.number} is a draft`);
  const { failed, output } = await testPullRequest(stage.github, page.repository, ci, pull);
  expect(failed === 0, `the tests of #${pull.number} pass\n${output}`);
  const { pulls } = stage.github.as('mara').rest;
  await stage.github.until('mara to be asked for a review', async () => {
    const { data } = await pulls.listRequestedReviewers({ ...atRepository(page), pull_number: pull.number });
    return data.users.some((user) => user.login === 'mara');
  });
  await page.merge('mara', pull.number);
  await page.statusSays(new RegExp(`${id}\` \\| merged`));
}

function expect(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`The story expected that ${what}`);
}
