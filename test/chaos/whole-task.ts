// A task from its label to its closed issue, as people live through it: they replan, approve, review, fix and merge.
import type { Component, Plan } from '../../src/domain/plan/plan.ts';
import { continuousIntegration } from '../support/ci.ts';
import type { Repository } from '../support/github/local-github.ts';
import type { ScriptedTurn } from '../support/models/scripted-turn.ts';
import { type SeenRequest, saidTo } from '../support/models/seen-request.ts';
import { reviewed } from '../support/reviewed-pull.ts';
import { aComponent, aPlan, executing, planning, SHOP_FILES } from '../support/shop.ts';
import type { Stage } from '../support/stage.ts';
import { openIssue, type PullPage, type TaskPage } from '../support/task-page.ts';

export interface WholeTask {
  readonly page: TaskPage;
  /** Lives through it to the end; whoever disturbs the bot meanwhile does so on their own. */
  live(): Promise<void>;
  /** How much of it has come to pass, from 0 to 1. */
  progress(): number;
  /** What people told the bot to do, by the id of their comment. */
  readonly commands: readonly number[];
}

const STORE = aComponent('store');
const LIMITER = aComponent('limiter', { depends_on: ['store'] });
const METRICS = aComponent('metrics');
const REPORT = aComponent('report');
/** What the planner makes of the blocker. */
const AMENDED = aComponent('report', { purpose: 'Report only what the shop counts.' });

const NOTE = 'Say more about memory.';
const EVIDENCE = 'src/server.js:1 has no reports';
const REVIEW = 'Make it 30, please.';
const FAILURE = 'metrics is true, expected a number';

/** A limit for giving up: a bot that is killed every other second takes its time. */
const PATIENCE = { timeoutMs: 180_000 };

/** How many things people wait for in a task. */
const EVENTS = 32;

const edit = (id: string, value: string) => ({
  name: 'edit_file',
  input: { path: `src/${id}.js`, old_text: `${id} = true`, new_text: `${id} = ${value}` },
});
const finish = (summary: string) => ({ name: 'finish', input: { summary } });
const editing = (id: string, value: string, summary: string): ScriptedTurn[] => [
  { calls: [edit(id, value)] },
  { calls: [finish(summary)] },
];
const flagging: ScriptedTurn[] = [
  {
    calls: [
      {
        name: 'flag_blocker',
        input: { kind: 'contradiction', plan_clause: 'Provide report', evidence: EVIDENCE, proposal: 'Report what is counted.' },
      },
    ],
  },
];

const isExecutor = (title: string, id: string) => (r: SeenRequest) =>
  saidTo(r).includes(title) &&
  r.system.startsWith('You carry out one component') &&
  saidTo(r).includes(`Your component is \`${id}\``);

/** What each model of the task does, told by what it is asked. */
function script({ models }: Stage, title: string): void {
  const plan = (report: Component, more: Partial<Plan> = {}): Plan =>
    aPlan([STORE, LIMITER, METRICS, report], { title, ...more });
  const first = plan(REPORT);
  const about = (r: SeenRequest): boolean => saidTo(r).includes(title);
  const isReview = (r: SeenRequest): boolean => r.system.includes('was implemented by another model');
  const isPlanner = (r: SeenRequest): boolean => r.system.includes('senior software architect') && !isReview(r);
  const carriesOut = (id: string) => isExecutor(title, id);
  // Of several the latest wins.
  models.script((r) => about(r) && isReview(r), [{ text: 'Every acceptance criterion is met.' }]);
  models.script((r) => about(r) && isPlanner(r), planning(first));
  models.script(
    (r) => about(r) && isPlanner(r) && saidTo(r).includes(NOTE),
    planning(plan(REPORT, { overview: `${first.overview} ${NOTE}` })),
  );
  models.script(
    (r) => about(r) && isPlanner(r) && saidTo(r).includes(EVIDENCE),
    planning(plan(AMENDED, { overview: `${first.overview} ${NOTE}` })),
  );
  for (const c of [STORE, LIMITER, METRICS]) models.script(carriesOut(c.id), executing(c));
  models.script(carriesOut('report'), flagging);
  models.script((r) => carriesOut('report')(r) && saidTo(r).includes(AMENDED.purpose), executing(AMENDED));
  models.script((r) => carriesOut('metrics')(r) && saidTo(r).includes(FAILURE), editing('metrics', '1', 'A number now.'));
  models.script(
    (r) => carriesOut('limiter')(r) && saidTo(r).includes(REVIEW),
    editing('limiter', '30', '1. Thirty.\n2. Thirty.'),
  );
}

/** @param say told of each thing that has come to pass. */
export async function aWholeTask(stage: Stage, name: string, say: (what: string) => void): Promise<WholeTask> {
  const { github } = stage;
  const title = `Limit the orders of ${name}`;
  const repository: Repository = await github.addRepository({
    owner: 'olga',
    name,
    files: SHOP_FILES,
    collaborators: { wanda: 'write', rita: 'read' },
  });
  script(stage, title);
  const page = await openIssue({ github, repository, title, body: 'Too many orders arrive.', by: 'olga' });
  const ci = continuousIntegration(github, repository);
  const at = { owner: repository.owner, repo: repository.name };
  const onlooker = github.as('olga').rest;
  const commands: number[] = [];
  let happened = 0;

  const until = async <T>(what: string, condition: () => Promise<T | false | null | undefined>): Promise<T> => {
    const found = await github.until(`${what} in ${name}`, condition, PATIENCE);
    happened += 1;
    say(`${name}: ${what}`);
    return found;
  };
  const command = async (text: string, on = page.issue): Promise<number> => {
    const id = await page.comment('wanda', text, on);
    commands.push(id);
    return id;
  };
  const inReview = (revision: number) =>
    until(`revision ${revision} in review`, async () => {
      const status = await page.status();
      return status.includes(' state=review ') && status.includes(`"revision":${revision},`);
    });
  const pullOf = (part: string) =>
    until(`the pull request of ${part}`, async () => (await page.pulls()).find((p) => p.branch.endsWith(`/${part}`)));
  /** Waits for the check to run at a head of the component other than those that are known. */
  const ended = new Set<string>();
  const ends = async (part: string, conclusion: 'success' | 'failure'): Promise<PullPage> => {
    for (;;) {
      const pull = await until(`a head of ${part} that is not tested`, async () => {
        const found = (await page.pulls()).find((p) => p.branch.endsWith(`/${part}`));
        return found && !ended.has(found.head) && found;
      });
      const annotations = [{ path: `src/${part}.js`, line: 2, message: FAILURE }];
      await until(`a run at ${part}`, async () => {
        const { data } = await onlooker.checks.listForRef({ ...at, ref: pull.head, check_name: 'test' });
        return data.total_count > 0;
      });
      ended.add(pull.head);
      await ci.ends(pull.head, conclusion, conclusion === 'failure' ? { annotations } : {});
      return pull;
    }
  };
  const ready = (part: string) =>
    until(`${part} to be ready`, async () => (await page.pulls()).find((p) => p.branch.endsWith(`/${part}`) && !p.draft));
  /** When its description and checks say what is so now, as a branch protection and a careful reader want it. */
  const isDescribed = async (part: string): Promise<boolean> => {
    const pull = (await page.pulls()).find((p) => p.branch.endsWith(`/${part}`));
    if (!pull || /\*\*Stacked on|not opened yet/.test(pull.body)) return false;
    const { data } = await onlooker.checks.listForRef({ ...at, ref: pull.head, status: 'completed' });
    return ['planwright / plan', 'planwright / scope'].every((name) =>
      data.check_runs.some((run) => run.name === name && run.conclusion === 'success'),
    );
  };
  const merge = async (part: string, method: 'merge' | 'squash' | 'rebase'): Promise<void> => {
    const { number } = await ready(part);
    await until(`${part} to be described as it is`, () => isDescribed(part));
    await until(`${part} to be merged`, () =>
      onlooker.pulls.merge({ ...at, pull_number: number, merge_method: method }).then(
        () => true,
        () => false,
      ),
    );
  };
  /** Once the component's head has moved on, however often it does. */
  const settles = (part: string, from: string) =>
    until(`${part} to move on`, async () => (await page.pulls()).find((p) => p.branch.endsWith(`/${part}`) && p.head !== from));

  return {
    page,
    commands,
    progress: () => Math.min(1, happened / EVENTS),
    async live() {
      await page.label('wanda', 'plan');
      await inReview(1);
      await command(`/replan ${NOTE}`);
      await inReview(2);
      // Whether the others are open when a component flags its blocker makes a difference to what is said on them.
      const flags = stage.models.hold({ when: (r) => isExecutor(title, 'report')(r) && !saidTo(r).includes(AMENDED.purpose) });
      await page.approve('wanda', (await pullOf('plan')).number);
      for (const part of ['store', 'metrics', 'limiter']) await pullOf(part);
      flags.release();
      // The planner amends, and people approve again.
      await inReview(3);
      await page.approve('wanda', (await pullOf('plan')).number);
      await ends('store', 'success');
      const failed = await ends('metrics', 'failure');
      await ends('report', 'success');
      await settles('metrics', failed.head);
      await ends('metrics', 'success');
      const limiter = await pullOf('limiter');
      await ends('limiter', 'success');
      const { review } = reviewed(stage, page, limiter, 'src/limiter.js');
      await review('wanda', 'REQUEST_CHANGES', 'Almost.', [2, REVIEW]);
      const addressed = await settles('limiter', limiter.head);
      await until('an answer to the review', async () =>
        (await page.comments(limiter.number)).some((c) => c.body.includes('<sub>Points:')),
      );
      await merge('metrics', 'rebase');
      await merge('store', 'squash');
      await settles('limiter', addressed.head);
      // Its head is moved onto the base, where it is tested again.
      await ends('limiter', 'success');
      await merge('limiter', 'merge');
      await merge('report', 'merge');
      await until('the issue to be closed', page.isClosed);
      const id = await command('/status');
      await until('the answer to /status', async () => {
        const { data } = await onlooker.reactions.listForIssueComment({ ...at, comment_id: id });
        return data.some((r) => r.content === 'rocket');
      });
    },
  };
}
