import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Component } from '../../src/domain/plan/plan.ts';
import { checked, push } from '../support/check-page.ts';
import { git } from '../support/github/git-command.ts';
import type { Repository } from '../support/github/local-github.ts';
import { type SeenRequest, saidTo } from '../support/models/seen-request.ts';
import { lookingAndSubmitting, PLAINLY, replies } from '../support/scenes.ts';
import { aComponent, aPlan, executing, SHOP_FILES } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';
import { openIssue, scriptExecutor, scriptPlanner, type TaskPage } from '../support/task-page.ts';

let stage: Stage;
let shops = 0;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const aShop = (): Promise<Repository> => {
  shops += 1;
  const files = { ...SHOP_FILES, '.github/planwright.yml': PLAINLY };
  return stage.github.addRepository({
    owner: 'olga',
    name: `busy-${String(shops).padStart(4, '0')}`,
    files,
    collaborators: { wanda: 'write' },
  });
};

interface Task extends TaskPage {
  readonly isExecutor: (request: SeenRequest) => boolean;
}

/** One of several planned issues of a shop. */
async function planned(
  repository: Repository,
  what: string,
  components: readonly Component[],
  edits: Record<string, string> = {},
  of = 'return [];',
): Promise<Task> {
  const title = `${what} in ${repository.name}`;
  const plan = aPlan(components, { title });
  scriptPlanner(stage.models, title, lookingAndSubmitting(plan));
  for (const c of components)
    scriptExecutor(stage.models, plan, c.id, edits[c.id] ? editing(edits[c.id] as string, of) : executing(c));
  const page = await openIssue({ github: stage.github, repository, title, body: 'Please.', by: 'olga' });
  await page.label('wanda', 'plan');
  await page.statusIs('review');
  return { ...page, isExecutor: (r) => saidTo(r).includes('Your component is') && saidTo(r).includes(title) };
}

const ORDERS = { path: 'src/orders.js', action: 'modify' as const, change: 'Return something.' };
const editing = (text: string, of: string) => [
  { calls: [{ name: 'edit_file', input: { path: ORDERS.path, old_text: of, new_text: text } }] },
  { calls: [{ name: 'finish', input: { summary: 'Returned something.' } }] },
];
const at = ({ repository }: TaskPage) => ({ owner: repository.owner, repo: repository.name });
const inGit = (task: TaskPage, ...args: string[]): Promise<string> =>
  git(stage.github.gitDir(task.repository.fullName), args).then((said) => said.trim());
const mergeable = async (task: TaskPage, pull_number: number) =>
  (await stage.github.as('olga').rest.pulls.get({ ...at(task), pull_number })).data.mergeable;
const told = (task: TaskPage, text: string) =>
  stage.github.until(`a reply with "${text}"`, async () => {
    const found = (await replies(task)).filter((r) => r.includes(text));
    return found.length > 0 && found;
  });

describe('two plans at one path', () => {
  it.concurrent('when one is merged, the other is kept mergeable with its own text, and its approval still holds', async () => {
    const shop = await aShop();
    const first = await planned(shop, 'Limit orders', [aComponent('limiter')]);
    const second = await planned(shop, 'Count orders', [aComponent('counter')]);
    const before = await second.pull('plan');
    const text = await inGit(second, 'show', `${before.head}:PLAN.md`);
    await stage.github
      .as('wanda')
      .rest.pulls.createReview({ ...at(second), pull_number: before.number, event: 'COMMENT', body: 'Hm.' });
    await first.merge('wanda', (await first.pull('plan')).number, 'squash');
    const after = await stage.github.until('the merge', async () => {
      const pull = await second.pull('plan');
      return pull.head !== before.head && pull;
    });
    expect(await mergeable(second, after.number)).toBe(true);
    expect(await inGit(second, 'show', `${after.head}:PLAN.md`)).toBe(text);
    expect((await inGit(second, 'log', '-1', '--format=%P', after.head)).split(' ')).toEqual([
      before.head,
      await inGit(second, 'rev-parse', 'main'),
    ]);
    expect(after.files).toEqual(['PLAN.md']);
    for (const name of ['planwright / plan', 'planwright / scope'])
      expect(await checked(stage.github, second, after.head, name)).toMatchObject({ conclusion: 'success' });
    await second.merge('wanda', after.number);
    await second.componentsAre('1 open');
    await first.componentsAre('1 open');
  });

  it.concurrent('an approving review of the text from before the merge counts, because the text is the same', async () => {
    const shop = await aShop();
    const first = await planned(shop, 'Limit orders', [aComponent('limiter')]);
    const second = await planned(shop, 'Count orders', [aComponent('counter')]);
    const before = await second.pull('plan');
    // Two are needed from here on: the first comes before the base branch moves, the second after.
    await push(stage.github, first, {
      by: 'olga',
      branch: 'main',
      files: { '.github/planwright.yml': `${PLAINLY}approval: { required: 2 }\n` },
    });
    await second.approve('wanda', before.number);
    await first.merge('wanda', (await first.pull('plan')).number);
    const after = await stage.github.until('the merge', async () => {
      const pull = await second.pull('plan');
      return pull.head !== before.head && pull;
    });
    await second.approve('olga', after.number);
    await second.componentsAre('1 open');
  });

  it.concurrent('a plan that arrives after another was merged is mergeable at once', async () => {
    const shop = await aShop();
    const first = await planned(shop, 'Limit orders', [aComponent('limiter')]);
    const submitting = stage.models.hold({ when: (r) => r.turn === 1 && saidTo(r).includes(`Count orders in ${shop.name}`) });
    const second = planned(shop, 'Count orders', [aComponent('counter')]);
    await submitting.reached;
    await first.merge('wanda', (await first.pull('plan')).number);
    submitting.release();
    const page = await second;
    const { number } = await page.pull('plan');
    await stage.github.until('it to be mergeable', async () => (await mergeable(page, number)) === true);
  });
});

describe('components of two tasks that change the same file', () => {
  const two = async () => {
    const shop = await aShop();
    const first = await planned(shop, 'Sort orders', [aComponent('sorter', { files: [ORDERS] })], {
      sorter: "return ['sorted'];",
    });
    const free = aComponent('free');
    const second = await planned(shop, 'Page orders', [aComponent('pager', { files: [ORDERS] }), free], {
      pager: "return ['paged'];",
    });
    return { first, second };
  };

  it.concurrent('the second waits for the first, says so once with the file, and starts when that is closed; others go on', async () => {
    const { first, second } = await two();
    await first.comment('wanda', '/execute');
    await first.componentsAre('1 open');
    const sorter = await first.pull('sorter');
    await second.comment('wanda', '/execute');
    const [said] = await told(second, '`pager` waits');
    expect(said).toContain(`#${sorter.number} (\`sorter\` of #${first.issue}) also changes \`src/orders.js\``);
    await second.pull('free');
    await second.componentsAre('1 waiting');
    await second.comment('wanda', '/status');
    expect(stage.models.requests.filter(second.isExecutor).some((r) => saidTo(r).includes('Your component is `pager`'))).toBe(
      false,
    );
    await stage.github.as('wanda').rest.pulls.update({ ...at(first), pull_number: sorter.number, state: 'closed' });
    expect((await second.pull('pager')).files).toEqual(['src/orders.js']);
    expect(await told(second, '`pager` waits')).toHaveLength(1);
  });

  it.concurrent('when the first is merged, the second says which file is not what its plan was made for, and one /execute continues', async () => {
    const shop = await aShop();
    const first = await planned(shop, 'Sort orders', [aComponent('sorter', { files: [ORDERS] })], {
      sorter: "return ['sorted'];",
    });
    const second = await planned(
      shop,
      'Page orders',
      [aComponent('pager', { files: [ORDERS] })],
      { pager: "return ['paged'];" },
      "return ['sorted'];",
    );
    await first.comment('wanda', '/execute');
    const { number } = await first.pull('sorter');
    await second.comment('wanda', '/execute');
    const [said] = await told(second, '`pager` waits');
    expect(said).toContain('Once that one is merged, `src/orders.js` is no longer what this plan was made for');
    await first.merge('wanda', number);
    expect((await told(second, 'Nothing was started'))[0]).toContain('- `src/orders.js`');
    await second.comment('wanda', '/execute');
    expect((await second.pull('pager')).files).toEqual(['src/orders.js']);
    expect(await told(second, 'Nothing was started')).toHaveLength(1);
  });

  it.concurrent('it is found while the first is still being made; /execute ID starts the second beside it', async () => {
    const { first, second } = await two();
    const last = stage.models.hold({ when: (r) => r.turn === 1 && first.isExecutor(r) });
    await first.comment('wanda', '/execute');
    await last.reached;
    await second.comment('wanda', '/execute');
    expect((await told(second, '`pager` waits'))[0]).toContain(
      `\`sorter\` of #${first.issue}, which is running, also changes \`src/orders.js\``,
    );
    await second.comment('wanda', '/execute pager');
    expect((await second.pull('pager')).files).toEqual(['src/orders.js']);
    last.release();
    await first.pull('sorter');
  });

  it.concurrent('of two that are approved at the same moment one starts, and the other when that is out of the way', async () => {
    const { first, second } = await two();
    await Promise.all([first, second].map((task) => task.comment('wanda', '/execute')));
    await second.pull('free');
    const early = await stage.github.until('one of them', async () => {
      const pulls = [...(await first.pulls()), ...(await second.pulls())];
      return pulls.find((p) => /(sorter|pager)$/.test(p.branch));
    });
    const [ahead, behind] = early.branch.endsWith('sorter') ? [first, second] : [second, first];
    await told(behind, 'waits, because');
    expect((await behind.pulls()).some((p) => /(sorter|pager)$/.test(p.branch))).toBe(false);
    const id = ahead === first ? 'pager' : 'sorter';
    await stage.github.as('wanda').rest.pulls.update({ ...at(ahead), pull_number: early.number, state: 'closed' });
    expect((await behind.pull(id)).files).toEqual(['src/orders.js']);
  });
});
