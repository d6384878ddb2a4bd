import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { asked, type KillPoint, unanswered, unperformed, WRITES } from '../support/kill-points.ts';
import { reviewed } from '../support/reviewed-pull.ts';
import { replies } from '../support/scenes.ts';
import { type ScriptedTask, traceOf } from '../support/scripted-task.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { scriptExecutor } from '../support/task-page.ts';
import { ONE, TWO, tasksUnderKills, whole } from '../support/tasks-under-kills.ts';

let stage: Stage;
const { tasks, each, until, inReview, allOpen, isDone, mergeAll, killRows } = tasksUnderKills(() => stage);

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

/** Alone on two cores the longest takes a third of it; beside other suites everything takes several times as long. */
jest.setTimeout(300_000);

describe('6. the process is killed at any moment and started again', () => {
  const { commit, branch, pull, planned } = WRITES;

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
          return { task, page, pull, ask, requests };
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
      const all = await tasks(ONE, ONE);
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
          [asking(0), asking(1)],
          [unperformed(commit), unanswered(commit)],
          [unperformed(moved), unanswered(moved)],
          [unperformed(account), unanswered(account)],
          [unperformed(answered), unanswered(answered)],
        ],
        () => Promise.all(under.map(({ ask }) => ask())),
      );
      await stage.restart();
      for (const one of under) {
        await until(one.task, 'the answers', async () => Object.values(await one.pull.threads()).flat().length >= 2);
        await allOpen(one.task);
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
        await until(one.task, 'the answers', async () => Object.values(await one.pull.threads()).flat().length >= 2);
        expect(await trace(one)).toEqual(ONCE);
        // Nothing proves any more whose commit it is: the executor continues from it, and gives the account that was lost.
        expect(one.requests.map((r) => r.turn)).toEqual([0, 1, 0, 1]);
      }
    });
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
    // What is on a branch is continued from, whoever committed it; what GitHub shows to be finished is not paid for twice.
    for (const requests of planStatus.executors.values()) expect(requests.map((r) => r.turn)).toEqual([0, 1]);
  });
});
