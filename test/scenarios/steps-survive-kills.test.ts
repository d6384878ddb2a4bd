import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Component } from '../../src/domain/plan/plan.ts';
import { asked, killAt, killAtStep } from '../support/kill-points.ts';
import type { ScriptedTurn } from '../support/models/scripted-turn.ts';
import type { SeenRequest } from '../support/models/seen-request.ts';
import { needlessTurns, type ScriptedTask, traceOf } from '../support/scripted-task.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { ONE, TWO, tasksUnderKills, whole } from '../support/tasks-under-kills.ts';

let stage: Stage;
const { aTask, tasks, each, until, inReview, allOpen, isDone, mergeAll } = tasksUnderKills(() => stage);

beforeAll(async () => {
  stage = await openStage({ LOG_LEVEL: 'debug' });
});
afterAll(() => stage?.close());

/** Alone on two cores the longest takes a third of it; beside other suites everything takes several times as long. */
jest.setTimeout(300_000);

describe('6. the process is killed at any moment and started again', () => {
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
    await until(task, 'the bot to say that it is not ready', async () => !(await isReady()));
    await page.comment('wanda', '/status');
    await stage.github.idle();
    const sent = stage.github.deliveries.findLast(
      (d) => d.repository === page.repository.fullName && d.event === 'issue_comment',
    );
    expect([0, 200, 503]).toContain(sent?.status);
    hold.release();
    expect(await stopped).toBe(0);

    await stage.restart();
    await inReview(task);
    expect(needlessTurns(task, stage.github)).toEqual([]);

    // What was still taken is recorded and answered. GitHub keeps what was refused; a person sends it again.
    if (sent && sent.status !== 200) await stage.github.redeliver(sent);
    await until(task, 'the answer', async () => (await page.comments()).some((c) => c.body.includes('planwright:reply')));
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
