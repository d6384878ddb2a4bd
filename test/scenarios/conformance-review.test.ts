import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ReviewFinding } from '../../src/domain/plan/review-finding.ts';
import type { ScriptedTurn } from '../support/models/scripted-turn.ts';
import { type SeenRequest, saidTo } from '../support/models/seen-request.ts';
import { aPlannedIssue, PLAINLY, type Scene } from '../support/scenes.ts';
import { aComponent, contentOf, executing } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';
import { visible } from '../support/task-page.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const reviewedBy = (who: string): string => PLAINLY.replace('amend: off', `amend: off, review: ${who}`);
const isReview = (r: SeenRequest): boolean => r.system.startsWith('You review one component');
const finish = (summary: string): ScriptedTurn => ({ calls: [{ name: 'finish', input: { summary } }] });
const submit = (...findings: Omit<ReviewFinding, 'criterion'>[]): ScriptedTurn => ({
  calls: [{ name: 'submit_review', input: { findings: findings.map((finding) => ({ criterion: '1', ...finding })) } }],
});

/** A component of its own in each scene, because a reviewer is told of nothing else. */
interface Reviewed {
  readonly scene: Awaited<ReturnType<typeof aPlannedIssue>>;
  readonly reviews: readonly SeenRequest[];
  readonly corrections: () => readonly SeenRequest[];
}

async function aReview(
  id: string,
  who: string,
  does: { reviewer: (said: string) => ScriptedTurn; corrects: readonly ScriptedTurn[] },
): Promise<Reviewed> {
  const component = aComponent(id);
  const scene = await aPlannedIssue(stage, { components: [component], settings: reviewedBy(who) });
  const { requests: reviews } = stage.models.script(
    (r) => isReview(r) && saidTo(r).includes(`component \`${id}\``),
    (r) => does.reviewer(saidTo(r)),
  );
  const corrections = stage.models.script(
    (r) =>
      r.system.startsWith('You carry out') &&
      saidTo(r).includes(scene.plan.title) &&
      saidTo(r).includes('a reviewer compared it with the plan'),
    does.corrects,
  );
  return { scene, reviews, corrections: () => corrections.requests };
}

const fileOf = async ({ repository }: Scene, path: string, ref: string): Promise<string> => {
  const { data } = await stage.github
    .as('olga')
    .rest.repos.getContent({ owner: repository.owner, repo: repository.name, path, ref });
  return 'content' in data ? Buffer.from(data.content, 'base64').toString() : '';
};

describe('with execution.review', () => {
  it.concurrent('a component is reviewed against the plan, corrected once and reviewed again before anybody sees it', async () => {
    const path = 'src/bucket.js';
    const { scene, reviews, corrections } = await aReview('bucket', 'planner', {
      reviewer: (said) =>
        said.includes('+export const bucket = true;') ? submit({ path, line: 2, problem: 'It is a boolean.' }) : submit(),
      corrects: [
        { calls: [{ name: 'overwrite_file', input: { path, content: 'export const bucket = 1;\n' } }] },
        finish('Made bucket.\n- [x] src/bucket.js exports it. (shown by `src/bucket.js`)'),
      ],
    });
    expect(scene.pullOfPlan.body).toContain('The review against the plan by `anthropic/claude-opus-5-5` is included');
    await scene.approve('wanda', scene.pullOfPlan.number);
    const status = await scene.componentsAre('1 open');
    const pull = await scene.pull('bucket');

    expect(reviews.map((r) => [r.model, r.turn])).toEqual([
      ['claude-opus-5-5', 0],
      ['claude-opus-5-5', 0],
    ]);
    const [first] = reviews;
    expect(first?.tools.map((tool) => tool.name)).toEqual(['submit_review']);
    expect(saidTo(first as SeenRequest)).toContain('    2 +export const bucket = true;');
    // The component and its diff, nothing else: neither the plan nor the issue nor what the executor says of its work.
    for (const word of [scene.plan.title, 'Too many orders arrive', 'as the contract says'])
      expect(saidTo(first as SeenRequest)).not.toContain(word);
    expect(saidTo(corrections()[0] as SeenRequest)).toContain(
      '1. src/bucket.js, line 2: It is a boolean. (src/bucket.js exports it.)',
    );

    expect(await fileOf(scene, path, pull.head)).toBe('export const bucket = 1;\n');
    expect(pull.body).not.toContain('[!WARNING]');
    expect(pull.body).toContain('- [x] src/bucket.js exports it (shown by');
    expect(pull.body).toMatch(
      /Reviewed against the plan by `anthropic\/claude-opus-5-5` for \$0\.\d+: 1 finding, none open\.<\/sub>/,
    );
    expect(visible(status)).toMatch(/- `bucket`: `anthropic\/claude-opus-5-5`, `anthropic\/claude-haiku-5-5`, 6 turns/);
    // One commit: nobody sees what was wrong first.
    const { owner, name: repo } = scene.repository;
    expect((await stage.github.as('olga').rest.pulls.listCommits({ owner, repo, pull_number: pull.number })).data).toHaveLength(
      1,
    );
  });

  it.concurrent('what remains is at the top of the pull request, with what the executor answers', async () => {
    const { scene, reviews } = await aReview('gauge', 'executor', {
      reviewer: () =>
        submit(
          { path: 'src/gauge.js', line: 1, problem: 'The first line is a comment, @olga.' },
          { path: 'src/gauge.js', line: null, problem: 'No test.' },
        ),
      corrects: [finish('Nothing to do.\n1. Not changed: the plan allows comments.\n2. Not changed: no test is planned.')],
    });
    expect(scene.pullOfPlan.body).toContain('The review against the plan by `anthropic/claude-haiku-5-5` is included');
    await scene.approve('wanda', scene.pullOfPlan.number);
    await scene.componentsAre('1 open');
    const { body } = await scene.pull('gauge');
    expect(reviews.map((r) => r.model)).toEqual(['claude-haiku-5-5']);
    expect(body.split('\n').slice(1, 6)).toEqual([
      '> [!WARNING]',
      '> Not as planned, according to the review against the plan:',
      '>',
      expect.stringMatching(
        /^> - `src\/gauge\.js`, line 1: The first line is a comment, @\u200bolga\. \(src\/gauge\.js exports it\.\) The executor answers: Not changed: the plan allows comments\.$/,
      ),
      expect.stringMatching(/^> - `src\/gauge\.js`: No test\. .*no test is planned\.$/),
    ]);
    expect(body).toContain('Made gauge as the contract says.');
    expect(body).toContain(': 2 findings, 2 open.');
  });

  it.concurrent('changes that people request are not in the plan, and are not reviewed against it', async () => {
    const { scene, reviews } = await aReview('meter', 'planner', { reviewer: () => submit(), corrects: [] });
    await scene.approve('wanda', scene.pullOfPlan.number);
    await scene.componentsAre('1 open');
    const pull = await scene.pull('meter');
    const path = 'src/meter.js';
    scene.executorDoes('meter', [
      { calls: [{ name: 'overwrite_file', input: { path, content: `${contentOf('meter', path)}// more\n` } }] },
      finish('1. Added more.'),
    ]);
    await scene.reacted(await scene.comment('wanda', '/revise add more', pull.number), 'rocket');
    expect(reviews).toHaveLength(1);
  });
});

it('a kill in the middle of the review repeats only the call whose answer was not recorded', async () => {
  const id = 'tally';
  const held = stage.models.hold({ when: (r) => isReview(r) && saidTo(r).includes(`component \`${id}\``) });
  const { scene, reviews } = await aReview(id, 'planner', { reviewer: () => submit(), corrects: [] });
  await scene.approve('wanda', scene.pullOfPlan.number);
  await held.reached;
  await stage.bot.kill();
  held.release();
  await stage.restart();
  await scene.componentsAre('1 open');
  expect(reviews.map((r) => JSON.stringify(r.messages))).toEqual([0, 1].map(() => JSON.stringify(reviews[0]?.messages)));
  const turns = scene
    .requests()
    .filter((r) => r.system.startsWith('You carry out'))
    .map((r) => r.turn);
  expect(turns).toEqual(executing(aComponent(id)).map((_, i) => i));
});
