import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { asked, unanswered, unperformed, WRITES } from '../support/kill-points.ts';
import { needlessTurns, type ScriptedTask, traceOf } from '../support/scripted-task.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { ONE, TWO, tasksUnderKills, whole } from '../support/tasks-under-kills.ts';

let stage: Stage;
const { tasks, each, inReview, allOpen, isDone, mergeAll, killRows } = tasksUnderKills(() => stage);

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

/** Alone on two cores the longest takes a third of it; beside other suites everything takes several times as long. */
jest.setTimeout(300_000);

describe('6. the process is killed at any moment and started again', () => {
  const { firstStatus, tree, commit, branch, pull, newLabel, label, check, eyes, reply, rocket } = WRITES;
  const { started, opened, merged, closedPlan, closedIssue } = WRITES;

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
});
