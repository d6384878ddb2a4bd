import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Component } from '../../src/domain/plan/plan.ts';
import { asked, type KillPoint, killAt, killAtStep, PATIENT, unanswered, unperformed, WRITES } from '../support/kill-points.ts';
import type { ScriptedTurn } from '../support/models/scripted-turn.ts';
import type { SeenRequest } from '../support/models/seen-request.ts';
import { reviewed } from '../support/reviewed-pull.ts';
import { replies } from '../support/scenes.ts';
import { needlessTurns, type ScriptedTask, scriptTask, traceOf } from '../support/scripted-task.ts';
import { aComponent } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { scriptExecutor } from '../support/task-page.ts';

let stage: Stage;
let shops = 0;

beforeAll(async () => {
  stage = await openStage({ LOG_LEVEL: 'debug' });
});
afterAll(() => stage?.close());

const ONE = [aComponent('limiter')];
const TWO = [aComponent('limiter'), aComponent('metrics')];

function aTask(components: readonly Component[], turnsOf?: (component: Component) => ScriptedTurn[]): Promise<ScriptedTask> {
  shops += 1;
  return scriptTask(stage, `shop-${shops}`, components, turnsOf);
}

const tasks = (...plans: (readonly Component[])[]): Promise<ScriptedTask[]> => Promise.all(plans.map((plan) => aTask(plan)));
const each = (all: readonly ScriptedTask[], act: (task: ScriptedTask, i: number) => Promise<unknown>): Promise<unknown> =>
  Promise.all(all.map(act));

const until = (what: string, condition: () => Promise<boolean>): Promise<true> => stage.github.until(what, condition, PATIENT);
const inReview = ({ page }: ScriptedTask) => until('the review', async () => (await page.state()) === 'review');
const allOpen = ({ page, plan }: ScriptedTask) =>
  until('all to be open and ready', async () => {
    const open = (await page.status()).split('"state":"open"').length > plan.components.length;
    return open && (await page.pulls()).every((pull) => !pull.draft);
  });
const isDone = ({ page }: ScriptedTask) => until('the issue to be closed', page.isClosed);

async function mergeAll({ page, plan }: ScriptedTask): Promise<void> {
  for (const c of plan.components) await page.merge('wanda', (await page.pull(c.id)).number);
}

/** What is left of a task when all is done: everything once. */
const whole = ({ plan }: ScriptedTask, planPull: 'merged' | 'closed') => ({
  pulls: [
    ...plan.components.map(
      (c) => `${c.id}, merged, planwright, 1 commit, src/${c.id}.js, planwright / plan success, planwright / scope success`,
    ),
    `plan, ${planPull}, planwright, 1 commit, PLAN.md, planwright / plan success, planwright / scope success`,
  ],
  branches: [...plan.components.map((c) => c.id), 'plan'],
  statusComments: 1,
  doubled: [],
  closings: 1,
});

/** Kills the bot once for each row, at one point for each task; the first is reached by what people do, the others by a restart. */
async function killRows(
  all: readonly ScriptedTask[],
  rows: readonly (readonly KillPoint[])[],
  people: () => Promise<unknown>,
): Promise<void> {
  for (const [n, row] of rows.entries()) {
    const points = new Map(row.map((point, i) => [all[i] as ScriptedTask, point]));
    await killAt(stage, all, points, n === 0 ? people : () => stage.restart());
  }
}

/** Alone on two cores the longest takes a third of it; beside other suites everything takes several times as long. */
jest.setTimeout(300_000);

describe('6. the process is killed at any moment and started again', () => {
  const { firstStatus, tree, commit, branch, pull, newLabel, label, check, eyes, reply, rocket } = WRITES;
  const { planned, started, opened, merged, closedPlan, closedIssue } = WRITES;

  it('at every kind of write, before it is done and before its answer comes, and while models are asked', async () => {
    const all = await tasks(ONE, ONE, ONE, ONE, TWO, TWO);

    await killRows(
      all,
      [
        [
          unperformed(firstStatus),
          unanswered(firstStatus),
          asked('planner', 0),
          asked('planner', 1),
          unperformed(tree),
          unanswered(tree),
        ],
        [unperformed(commit), unanswered(commit), unperformed(branch), unanswered(branch), unperformed(pull), unanswered(pull)],
        [
          unperformed(newLabel),
          unanswered(newLabel),
          unperformed(label),
          unanswered(label),
          unperformed(check),
          unanswered(check),
        ],
      ],
      () => each(all, ({ page }) => page.label('wanda', 'plan')),
    );
    await stage.restart();
    await each(all, inReview);

    const questions = new Map<ScriptedTask, number>();
    await killRows(
      all,
      [[unperformed(eyes), unanswered(eyes), unperformed(reply), unanswered(reply), unperformed(rocket), unanswered(rocket)]],
      () => each(all, async (task) => questions.set(task, await task.page.comment('wanda', '/status'))),
    );
    await stage.restart();
    await each(all, (task) => task.page.reacted(questions.get(task) as number, 'rocket'));

    await killRows(
      all,
      [
        [
          unperformed(started),
          unanswered(started),
          asked('executor', 0),
          asked('executor', 1),
          unperformed(tree),
          unanswered(tree),
        ],
        [unperformed(commit), unanswered(commit), unperformed(branch), unanswered(branch), unperformed(pull), unanswered(pull)],
        [unperformed(label), unanswered(label), unperformed(check), unanswered(check), unperformed(opened), unanswered(opened)],
      ],
      () =>
        each(all, async ({ page }, i) => {
          const plan = await page.pull('plan');
          if (i < 2) await page.approve('wanda', plan.number);
          else if (i < 4) await page.comment('wanda', '/execute');
          else await page.merge('wanda', plan.number);
        }),
    );
    await stage.restart();
    await each(all, allOpen);

    await killRows(
      all,
      [
        [
          unperformed(merged),
          unanswered(merged),
          unperformed(reply),
          unanswered(reply),
          unperformed(closedIssue),
          unanswered(closedIssue),
        ],
        [unperformed(closedPlan), unanswered(closedPlan)],
      ],
      () => each(all, mergeAll),
    );
    await stage.restart();
    await each(all, isDone);

    for (const [i, task] of all.entries()) {
      expect(await traceOf(task, stage.github)).toEqual(whole(task, i < 4 ? 'closed' : 'merged'));
      expect(needlessTurns(task, stage.github)).toEqual([]);
    }
  });

  describe('while a review is addressed', () => {
    const { moved, account, answered } = WRITES;
    const edit = { path: 'src/limiter.js', old_text: 'limiter = true', new_text: 'limiter = 30' };

    /** Tasks whose pull request a writer has commented on in two places, not yet acted on; and what the executor is asked for it. */
    async function underReview(all: readonly ScriptedTask[]) {
      await each(all, ({ page }) => page.label('wanda', 'plan'));
      await each(all, inReview);
      await each(all, ({ page }) => page.comment('wanda', '/execute'));
      await each(all, allOpen);
      return Promise.all(
        all.map(async (task) => {
          const { page, plan } = task;
          const { requests } = scriptExecutor(stage.models, plan, 'limiter', [
            { calls: [{ name: 'edit_file', input: edit }] },
            { calls: [{ name: 'finish', input: { summary: '1. Set to 30.\n2. It is the path.' } }] },
          ]);
          const pull = reviewed(stage, page, await page.pull('limiter'), 'src/limiter.js');
          const ask = () => pull.review('wanda', 'REQUEST_CHANGES', '', [2, 'Make it 30.'], [1, 'What is this?']);
          return { page, pull, ask, requests };
        }),
      );
    }

    /** Everything once: a commit on top of the first one, and an account. */
    async function trace({ page, pull }: { page: ScriptedTask['page']; pull: { readonly number: number } }) {
      const { owner, name: repo } = page.repository;
      const { data } = await stage.github.as(owner).rest.pulls.listCommits({ owner, repo, pull_number: pull.number });
      return {
        commits: data.length,
        accounts: (await replies(page, pull.number)).filter((said) => !said.startsWith('No CI ran')).length,
        state: (await page.pull('limiter')).state,
      };
    }
    const ONCE = { commits: 2, accounts: 1, state: 'open' };

    it('one commit, one account, and one answer in each conversation', async () => {
      const all = await tasks(ONE, ONE, ONE, ONE);
      const under = await underReview(all);
      const asking = (turn: number): KillPoint => ({
        name: `while the executor is asked for turn ${turn}`,
        arm({ models }, task) {
          const own = under[all.indexOf(task)]?.requests;
          const hold = models.hold({ when: (r) => own?.includes(r) === true && r.turn === turn });
          return { reached: hold.reached, settle: hold.release };
        },
      });
      await killRows(
        all,
        [
          [asking(0), asking(1), unperformed(commit), unanswered(commit)],
          [unperformed(moved), unanswered(moved), unperformed(answered), unanswered(answered)],
          [unperformed(account), unanswered(account)],
        ],
        () => Promise.all(under.map(({ ask }) => ask())),
      );
      await stage.restart();
      for (const [i, one] of under.entries()) {
        await until('the answers', async () => Object.values(await one.pull.threads()).flat().length >= 2);
        await allOpen(all[i] as ScriptedTask);
        expect(await one.pull.threads()).toEqual({
          'Make it 30.': [expect.stringContaining('Set to 30.')],
          'What is this?': [expect.stringContaining('It is the path.')],
        });
        expect(await trace(one)).toEqual(ONCE);
      }
      // Only the turn in flight is asked for again.
      expect(under.map(({ requests }) => requests.map((r) => r.turn))).toEqual([
        [0, 0, 1],
        [0, 1, 1],
        [0, 1],
        [0, 1],
      ]);
    });

    it('and nothing twice when the database is lost, too', async () => {
      const all = await tasks(ONE, ONE);
      const under = await underReview(all);
      await killRows(all, [[unanswered(moved), unanswered(answered)]], () => Promise.all(under.map(({ ask }) => ask())));
      await stage.loseData();
      await stage.restart();
      await each(all, allOpen);
      for (const one of under) {
        expect(await trace(one)).toEqual(ONCE);
        // Nothing proves any more whose commit it is: the executor continues from it, and gives the account that was lost.
        expect(one.requests.map((r) => r.turn)).toEqual([0, 1, 0, 1]);
        expect(Object.values(await one.pull.threads()).flat()).toHaveLength(2);
      }
    });
  });

  it('at recorded steps of the engine', async () => {
    const [task] = (await tasks(TWO)) as [ScriptedTask];
    const { page } = task;
    await killAtStep(stage, task, 'gather of plan', () => page.label('wanda', 'plan'));
    for (const step of ['turn 2 of plan', 'plan branch of plan']) {
      await killAtStep(stage, task, step, stage.restart);
    }
    await stage.restart();
    await inReview(task);
    await killAtStep(stage, task, 'turn 1 of component', async () => page.approve('wanda', (await page.pull('plan')).number));
    await killAtStep(stage, task, 'confirm of component', stage.restart);
    await stage.restart();
    await allOpen(task);
    await mergeAll(task);
    await isDone(task);
    expect(await traceOf(task, stage.github)).toEqual(whole(task, 'closed'));
    expect(needlessTurns(task, stage.github)).toEqual([]);
  });

  it('in the middle of a long component, which comes out as if nothing had happened', async () => {
    const undisturbed = await aTask(ONE, counting);
    const { page } = undisturbed;
    await page.label('wanda', 'plan');
    await inReview(undisturbed);
    await page.approve('wanda', (await page.pull('plan')).number);
    await allOpen(undisturbed);

    const task = await aTask(ONE, counting);
    await task.page.label('wanda', 'plan');
    await inReview(task);
    const plan = await task.page.pull('plan');
    await killAt(stage, [task], new Map([[task, asked('executor', 16)]]), () => task.page.approve('wanda', plan.number));
    await killAtStep(stage, task, 'turn 24 of component', stage.restart);
    await stage.restart();
    await allOpen(task);

    expect(needlessTurns(task, stage.github)).toEqual([]);
    const requests = task.executors.get('limiter') as readonly SeenRequest[];
    const turns = (of: readonly SeenRequest[]): number[] => [...new Set(of.map((r) => r.turn))];
    expect(turns(requests)).toEqual(turns(undisturbed.executors.get('limiter') as readonly SeenRequest[]));
    expect(turns(requests)).toHaveLength(LONG);
    // The turn in flight was asked again, the recorded one was not, and one at most was on its way when that was recorded.
    expect(requests.filter((r) => r.turn === 16)).toHaveLength(2);
    expect(requests.filter((r) => r.turn === 23)).toHaveLength(1);
    expect(requests.length).toBeLessThanOrEqual(LONG + 2);
    // Each edit needs the one before it, so a tool that had run twice would have failed, and the model been told.
    expect(requests.flatMap((r) => r.messages).filter((m) => m.role === 'tools' && m.results.some((x) => x.is_error))).toEqual(
      [],
    );
    expect(await treeOf(task)).toBe(await treeOf(undisturbed));
  });

  it('and has lost its database and its mirrors, too', async () => {
    const all = await tasks(ONE, ONE, ONE, TWO);
    await killRows(all, [[asked('planner', 1), unanswered(branch), unanswered(pull), unanswered(planned)]], () =>
      each(all, ({ page }) => page.label('wanda', 'plan')),
    );
    await stage.loseData();
    await stage.restart();
    await each(all, inReview);

    // The last one's components are open by the time everything is lost again.
    const [planStarted, planBranch, planPull, planStatus] = all as [ScriptedTask, ScriptedTask, ScriptedTask, ScriptedTask];
    const approve = async ({ page }: ScriptedTask) => page.approve('wanda', (await page.pull('plan')).number);
    await approve(planStatus);
    await allOpen(planStatus);
    await killRows(all, [[asked('executor', 1), unanswered(branch), unanswered(pull)]], () =>
      each([planStarted, planBranch, planPull], approve),
    );
    await stage.loseData();
    await stage.restart();
    await each(all, allOpen);
    await each(all, mergeAll);
    await each(all, isDone);
    for (const task of all) expect(await traceOf(task, stage.github)).toEqual(whole(task, 'closed'));
    // What is on a branch is continued from, whoever committed it; what was known on GitHub to be finished is not paid for twice.
    expect(planStatus.executors.get('limiter')?.map((r) => r.turn)).toEqual([0, 1]);
  });

  it('and takes up what people did meanwhile', async () => {
    const [labelled, commanded] = (await tasks(ONE, TWO)) as [ScriptedTask, ScriptedTask];
    const both = [labelled, commanded];
    await labelled.page.label('wanda', 'plan');
    await commanded.page.comment('wanda', '/plan');
    await each(both, inReview);

    await stage.bot.kill();
    await labelled.page.approve('wanda', (await labelled.page.pull('plan')).number);
    await commanded.page.merge('wanda', (await commanded.page.pull('plan')).number);
    await stage.restart();
    await each(both, allOpen);

    await stage.bot.kill();
    await each(both, mergeAll);
    await stage.restart();
    await each(both, isDone);
    expect(await traceOf(labelled, stage.github)).toEqual(whole(labelled, 'closed'));
    expect(await traceOf(commanded, stage.github)).toEqual(whole(commanded, 'merged'));
  });

  it('by SIGTERM: it finishes the step in hand, takes nothing new and exits 0', async () => {
    const [task] = (await tasks(ONE)) as [ScriptedTask];
    const { page } = task;
    const hold = stage.models.hold({ when: (r) => task.planner.includes(r) && r.turn === 1 });
    await page.label('wanda', 'plan');
    await hold.reached;
    const stopped = stage.bot.stop();
    await until('the bot to take no deliveries', async () => !(await isReady()));
    await page.comment('wanda', '/status');
    await stage.github.idle();
    const refused = stage.github.deliveries.findLast(
      (d) => d.repository === page.repository.fullName && d.event === 'issue_comment',
    );
    expect([0, 503]).toContain(refused?.status);
    hold.release();
    expect(await stopped).toBe(0);

    await stage.restart();
    await inReview(task);
    expect(needlessTurns(task, stage.github)).toEqual([]);

    // GitHub keeps what was refused; a person sends it again.
    await stage.github.redeliver(refused as NonNullable<typeof refused>);
    await until('the answer', async () => (await page.comments()).some((c) => c.body.includes('planwright:reply')));
  });

  it('and nothing happens when every delivery comes again, as itself or under another id', async () => {
    const [task] = (await tasks(ONE)) as [ScriptedTask];
    const { page } = task;
    await page.label('wanda', 'plan');
    await inReview(task);
    await page.comment('wanda', '/status');
    await page.approve('wanda', (await page.pull('plan')).number);
    await allOpen(task);
    const before = await traceOf(task, stage.github);
    const asked = stage.models.requests.length;
    for (const delivery of stage.github.deliveries.filter((d) => d.repository === page.repository.fullName)) {
      await stage.github.redeliver(delivery);
      await stage.github.redeliver({ ...delivery, guid: `${delivery.guid}-again` });
    }
    await page.reacted(await page.comment('wanda', '/status'), 'rocket');
    expect(await traceOf(task, stage.github)).toEqual(before);
    expect(stage.models.requests).toHaveLength(asked);
  });
});

const LONG = 30;

/** A component in so many turns, each of which looks at the file and counts it one further. */
const counting = ({ files }: Component): ScriptedTurn[] => {
  const path = files[0]?.path ?? '';
  const line = (n: number): string => `export const limiter = ${n};\n`;
  const look = { name: 'read_file', input: { path, from_line: null, to_line: null } };
  const steps = Array.from({ length: LONG - 2 }, (_, n) => ({
    reasoning: `From ${n} to ${n + 1}.`,
    calls: [look, { name: 'edit_file', input: { path, old_text: line(n), new_text: line(n + 1) } }],
  }));
  return [
    { calls: [{ name: 'create_file', input: { path, content: line(0) } }] },
    ...steps,
    { calls: [{ name: 'finish', input: { summary: 'Counted.' } }] },
  ];
};

/** The tree of the component's branch. */
async function treeOf({ page }: ScriptedTask): Promise<string> {
  const { owner, name: repo } = page.repository;
  const { data } = await stage.github
    .as('olga')
    .rest.git.getCommit({ owner, repo, commit_sha: (await page.pull('limiter')).head });
  return data.tree.sha;
}

const isReady = (): Promise<boolean> =>
  fetch(`${stage.bot.url}/readyz`).then(
    (r) => r.ok,
    () => false,
  );
