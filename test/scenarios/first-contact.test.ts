// What people see who have never used it: help by name, a word misspelt, and being told when something waits for them.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPull } from '../support/check-page.ts';
import { anIssue, replies } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await sharedStage();
  // The name that people mention it by comes with the first of these.
  await stage.bot.prints(/checks of this set-up passed/);
});
afterAll(() => stage?.close());

const ONE = [aComponent('limiter')];

describe('on an issue without a task', () => {
  it.concurrent('help by name and a mention are answered, the mention once; no task begins', async () => {
    const task = await anIssue(stage, { components: ONE });
    await task.reacted(await task.comment('wanda', '/planwright help'), 'rocket');
    await task.reacted(await task.comment('wanda', '@planwright what can you do?'), 'rocket');
    await task.reacted(await task.comment('wanda', '@planwright and now?'), 'rocket');
    expect((await replies(task)).filter((text) => text.includes('| `/plan [--base BRANCH] [notes]` |'))).toHaveLength(2);
    expect(await task.statuses()).toEqual([]);
    expect(task.requests()).toEqual([]);
  });

  it.concurrent('a slip is named, once, and nothing is done; a stranger is not taught, nor are words of other bots touched', async () => {
    const task = await anIssue(stage, { components: ONE });
    await task.comment('rita', '/paln');
    await task.comment('rita', '@planwright');
    await task.comment('wanda', '/help');
    await task.comment('wanda', '/retest');
    await task.reacted(await task.comment('wanda', '/paln now'), 'confused');
    await task.reacted(await task.comment('wanda', '/plam'), 'confused');
    await task.reacted(await task.comment('wanda', '/planwright plam'), 'confused');
    const said = await replies(task);
    expect(said).toHaveLength(2);
    expect(said[0]).toContain('Did you mean `/plan`?');
    expect(await task.statuses()).toEqual([]);
  });
});

it("help by name and a mention are answered on a person's pull request, too; other words there are not ours", async () => {
  const task = await anIssue(stage, { components: ONE });
  const { number } = await openPull(stage.github, task, { by: 'wanda', branch: 'by-hand', files: { 'src/hand.js': '1\n' } });
  await task.comment('wanda', '/help', number);
  await task.comment('rita', '/planwright help', number);
  await task.reacted(await task.comment('wanda', '/planwright help', number), 'rocket');
  await task.reacted(await task.comment('wanda', '@planwright and now?', number), 'rocket');
  await task.reacted(await task.comment('wanda', '/planwright plam', number), 'confused');
  const said = await replies(task, number);
  expect(said.map((text) => (text.includes('| `/plan [--base BRANCH] [notes]` |') ? 'help' : text.slice(0, 12)))).toEqual([
    'help',
    'help',
    'Did you mean',
  ]);
});

it('the person who asked for the plan is asked to review it, and called when a question waits', async () => {
  const task = await anIssue(stage, {
    components: ONE,
    planner: () => [
      { calls: [{ name: 'ask_questions', input: { questions: [{ question: 'Which limit?', why: 'It matters.' }] } }] },
    ],
  });
  await task.label('wanda', 'plan');
  await task.statusIs('questions');
  const calls = async () => (await replies(task)).filter((text) => text.includes('@wanda, the planner has questions'));
  await stage.github.until('the questions', async () => (await calls()).length === 1);
  const planned = await anIssue(stage, { components: ONE });
  await planned.label('wanda', 'plan');
  await planned.statusIs('review');
  await stage.github.until('the request', async () => {
    const { owner, name: repo } = planned.repository;
    const { number } = await planned.pull('plan');
    const { data } = await stage.github.as('olga').rest.pulls.get({ owner, repo, pull_number: number });
    return data.requested_reviewers?.some((person) => 'login' in person && person.login === 'wanda');
  });
});
