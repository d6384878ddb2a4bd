// Tasks whose bot is killed under them, and what is left of each when all is done.
import type { Component } from '../../src/domain/plan/plan.ts';
import { type KillPoint, killAt, PATIENT } from './kill-points.ts';
import type { ScriptedTurn } from './models/scripted-turn.ts';
import { type ScriptedTask, scriptTask } from './scripted-task.ts';
import { aComponent } from './shop.ts';
import type { Stage } from './stage.ts';

export const ONE = [aComponent('limiter')];
export const TWO = [aComponent('limiter'), aComponent('metrics')];

/** What the scenarios of kills do with their tasks, on the stage that is open when they do it. */
export function tasksUnderKills(stage: () => Stage) {
  let shops = 0;

  function aTask(components: readonly Component[], turnsOf?: (component: Component) => ScriptedTurn[]): Promise<ScriptedTask> {
    shops += 1;
    return scriptTask(stage(), `shop-${shops}`, components, turnsOf);
  }

  /** Only what happens in the task's own repository has the condition asked again: many tasks go on at once. */
  const until = ({ page }: ScriptedTask, what: string, condition: () => Promise<boolean>): Promise<true> =>
    stage().github.until(what, condition, { ...PATIENT, about: page.repository.fullName });

  return {
    aTask,
    tasks: (...plans: (readonly Component[])[]): Promise<ScriptedTask[]> => Promise.all(plans.map((plan) => aTask(plan))),
    each: (all: readonly ScriptedTask[], act: (task: ScriptedTask, i: number) => Promise<unknown>): Promise<unknown> =>
      Promise.all(all.map(act)),
    until,
    inReview: (task: ScriptedTask) => until(task, 'the review', async () => (await task.page.state()) === 'review'),
    allOpen: (task: ScriptedTask) =>
      until(task, 'all to be open and ready', async () => {
        const { page, plan } = task;
        const open = (await page.status()).split('"state":"open"').length > plan.components.length;
        return open && (await page.pulls()).every((pull) => !pull.draft);
      }),
    isDone: (task: ScriptedTask) => until(task, 'the issue to be closed', task.page.isClosed),

    async mergeAll({ page, plan }: ScriptedTask): Promise<void> {
      for (const c of plan.components) await page.merge('wanda', (await page.pull(c.id)).number);
    },

    /** Kills the bot once for each row, at one point for each task; the first is reached by what people do, the others by a restart. */
    async killRows(
      all: readonly ScriptedTask[],
      rows: readonly (readonly KillPoint[])[],
      people: () => Promise<unknown>,
    ): Promise<void> {
      for (const [n, row] of rows.entries()) {
        const points = new Map(row.map((point, i) => [all[i] as ScriptedTask, point]));
        await killAt(stage(), all, points, n === 0 ? people : () => stage().restart());
      }
    },
  };
}

/** What is left of a task when all is done: everything once. */
export const whole = ({ plan }: ScriptedTask, planPull: 'merged' | 'closed') => ({
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
