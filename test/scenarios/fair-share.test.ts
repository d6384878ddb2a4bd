import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { saidTo } from '../support/models/seen-request.ts';
import { aPlannedIssue, PLAINLY, type Scene } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

/** More than there are places in all. */
const MANY = Array.from({ length: 18 }, (_, i) => aComponent(`part-${i + 1}`));
const AT_ONCE = PLAINLY.replace('self_review', 'max_components: 20, self_review').replace('amend', 'max_parallel: 20, amend');
/** Of one repository at the same time. */
const PLACES = 8;

const executing = ({ requests }: Scene): string[] => [
  ...new Set(requests().flatMap((r) => /Your component is `([^`]+)`/.exec(saidTo(r))?.[1] ?? [])),
];

it('a repository with more components than there are places leaves some to the others', async () => {
  const busy = await aPlannedIssue(stage, { components: MANY, settings: AT_ONCE });
  const held = stage.models.hold({ when: (r) => saidTo(r).includes(busy.plan.title) });
  await busy.approve('wanda', busy.pullOfPlan.number);
  await busy.componentsAre('18 running');
  await stage.models.until('its places to be taken', () => executing(busy).length >= PLACES);

  const other = await aPlannedIssue(stage, { components: [aComponent('limiter')] });
  await other.approve('wanda', other.pullOfPlan.number);
  await other.pull('limiter');
  expect(executing(busy)).toHaveLength(PLACES);

  held.release();
  await stage.models.until('all of them to have had their turn', () => executing(busy).length === MANY.length);
});
