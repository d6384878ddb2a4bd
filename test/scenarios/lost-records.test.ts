import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { specHash } from '../../src/domain/plan/spec-hash.ts';
import { issueDigest } from '../../src/domain/task/issue-digest.ts';
import { aPlannedIssue, PLAINLY, type Scene, type SceneOptions } from '../support/scenes.ts';
import { aComponent, executing } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const STORE = aComponent('store');
const BLOCKER = { kind: 'impossible', plan_clause: 'The store.', evidence: 'It cannot be.', proposal: 'Another one.' };
const at = ({ repository }: Scene) => ({ owner: repository.owner, repo: repository.name });

type PlannedScene = Awaited<ReturnType<typeof aPlannedIssue>>;

async function statusComment(task: Scene): Promise<number> {
  const found = (await task.comments()).find((c) => c.body.includes('planwright:status'));
  if (!found) throw new Error('there is no status comment');
  return found.id;
}

describe('the status comment is deleted', () => {
  const withoutStatus = async (options: SceneOptions): Promise<PlannedScene> => {
    const task = await aPlannedIssue(stage, options);
    await stage.github.as('olga').rest.issues.deleteComment({ ...at(task), comment_id: await statusComment(task) });
    return task;
  };

  it.concurrent('and /replan on the plan makes the next revision', async () => {
    const task = await withoutStatus({ components: [STORE] });
    await task.reacted(await task.comment('wanda', '/replan Smaller, please.', task.pullOfPlan.number), 'rocket');
    await task.statusSays('revision 2');
    expect((await task.comments(task.pullOfPlan.number)).filter((c) => c.body.includes('edited'))).toEqual([]);
  });

  it.concurrent('and a blocker is still answered by an amended plan', async () => {
    const settings = PLAINLY.replace('amend: off', 'amend: auto');
    const blocked = [{ calls: [{ name: 'flag_blocker', input: BLOCKER }] }];
    const task = await withoutStatus({ components: [STORE], settings, executors: { store: blocked } });
    await task.comment('wanda', '/execute');
    await task.statusSays('revision 2');
  });
});

describe('a task that a build with records of version 1 left', () => {
  /** As such a build would have left this task: planned, and cancelled while `store` was being made. */
  async function recordOf(task: PlannedScene) {
    const { data: issue } = await stage.github.as('olga').rest.issues.get({ ...at(task), issue_number: task.issue });
    const blob = /blob=([0-9a-f]{40})/.exec(task.pullOfPlan.body)?.[1] ?? '';
    return {
      version: 1,
      trigger: {
        by: 'wanda',
        at: issue.created_at,
        digest: issueDigest({ title: issue.title, body: issue.body ?? '' }),
      },
      cancelled: true,
      planning: {
        phase: 'ready',
        revision: 1,
        generation: 1,
        attempt: 1,
        cause: 'issue',
        answers: [],
        posted_at: new Date().toISOString(),
        reason: null,
        questions: [],
        spend: [],
      },
      plan_pull: task.pullOfPlan.number,
      approvals: [{ by: 'wanda', blob, at: new Date().toISOString() }],
      approved: { store: specHash(task.plan, 'store') },
      stale: null,
      review: 'none',
      components: {
        store: {
          state: 'waiting',
          attempt: 1,
          generation: 1,
          spec: specHash(task.plan, 'store'),
          blob,
          pull: null,
          reason: null,
          blocker: null,
          held_by: null,
          spend: [],
        },
      },
    };
  }

  it.concurrent('is resumed, and ends with its component merged and its issue closed', async () => {
    const task = await aPlannedIssue(stage, { components: [STORE], executors: { store: executing(STORE) } });
    const record = JSON.stringify(await recordOf(task));
    await stage.github.as('olga').rest.issues.updateComment({
      ...at(task),
      comment_id: await statusComment(task),
      body: `<!-- planwright:status issue=${task.issue} -->\n**Planwright: cancelled.**\n<!-- planwright:state ${record} -->`,
    });
    await task.comment('wanda', '/execute');
    await task.merge('wanda', (await task.pull('store')).number);
    await stage.github.until('the issue to be closed', () => task.isClosed());
    expect(await task.statuses()).toHaveLength(1);
  });
});
