import type { Component, Plan } from '../../src/domain/plan/plan.ts';
import type { Repository } from './github/local-github.ts';
import type { ScriptedTurn } from './models/scripted-turn.ts';
import { type SeenRequest, saidTo } from './models/seen-request.ts';
import { aPlan, executing, SHOP_FILES } from './shop.ts';
import type { Stage } from './stage.ts';
import { openIssue, type PullPage, scriptExecutor, scriptPlanner, type TaskPage } from './task-page.ts';

type Turns = readonly ScriptedTurn[];

/** A task's page, and what its models are told and say. Nobody else's requests are in here, though scenes share a stage. */
export interface Scene extends TaskPage {
  readonly plan: Plan;
  /** What every model of this task was asked, in order. */
  requests(): SeenRequest[];
  /** From now on these models do this; the latest script counts, and a new conversation starts it again. */
  plannerDoes(turns: Turns): { readonly requests: readonly SeenRequest[] };
  executorDoes(id: string, turns: Turns): { readonly requests: readonly SeenRequest[] };
  /** Once the bot has dealt with everything before this moment: a writer's command is answered in its turn. */
  settled(): Promise<void>;
}

export interface SceneOptions {
  readonly components: readonly Component[];
  /** Of the plan; the title is the scene's, so that its models know it by that. */
  readonly more?: Partial<Omit<Plan, 'title' | 'components'>>;
  readonly settings?: string;
  /** In the shop, besides its own. */
  readonly files?: Readonly<Record<string, string>>;
  readonly planner?: (plan: Plan) => Turns;
  readonly executors?: Readonly<Record<string, Turns>>;
  readonly by?: string;
  /** Of the bot's branches, where it is not the default. */
  readonly prefix?: string;
}

/**
 * One look at the plan and none at the result, no revision that nobody asked for, and pull requests that are ready at once: these scenes
 * are about something else.
 */
export const PLAINLY = 'plan: { self_review: false, final_review: false }\nexecution: { amend: off, draft: false }\n';

/** A planner that looks around once and then submits. */
export const lookingAndSubmitting = (plan: Plan): ScriptedTurn[] => [
  { reasoning: 'First the lie of the land.', calls: [{ name: 'list_files', input: { path: '', glob: null } }] },
  { reasoning: 'This will do.', calls: [{ name: 'submit_plan', input: plan }] },
];

/** The same, however often it is asked: for models that do not change their mind. */
export const always = (turn: ScriptedTurn, times = 80): ScriptedTurn[] => Array.from({ length: times }, () => turn);

/** An issue in a shop of its own. olga owns the shop, wanda writes, tim triages, rita reads. */
export async function anIssue({ github, models }: Stage, options: SceneOptions): Promise<Scene> {
  const repository = await aShop(github, options.settings ?? PLAINLY, options.files);
  const title = `Limit the rate of orders in ${repository.name}`;
  const plan = aPlan(options.components, { ...options.more, title });
  scriptPlanner(models, title, (options.planner ?? lookingAndSubmitting)(plan));
  for (const c of plan.components) scriptExecutor(models, plan, c.id, options.executors?.[c.id] ?? executing(c));
  const page = await openIssue({
    github,
    repository,
    title,
    body: 'Too many orders arrive.',
    by: options.by ?? 'olga',
    prefix: options.prefix,
  });
  return {
    ...page,
    plan,
    requests: () => models.requests.filter((r) => saidTo(r).includes(title)),
    plannerDoes: (turns) => scriptPlanner(models, title, turns),
    executorDoes: (id, turns) => scriptExecutor(models, plan, id, turns),
    async settled() {
      await github.idle();
      await page.reacted(await page.comment('wanda', '/status'), 'rocket');
    },
  };
}

export async function aPlannedIssue(stage: Stage, options: SceneOptions): Promise<Scene & { readonly pullOfPlan: PullPage }> {
  const scene = await anIssue(stage, options);
  await scene.label('wanda', 'plan');
  await scene.statusIs('review');
  return { ...scene, pullOfPlan: await scene.pull('plan') };
}

let shops = 0;

function aShop(github: Stage['github'], settings?: string, more: Readonly<Record<string, string>> = {}): Promise<Repository> {
  shops += 1;
  return github.addRepository({
    owner: 'olga',
    name: `shop-${String(shops).padStart(4, '0')}`,
    files: { ...SHOP_FILES, ...more, ...(settings ? { '.github/planwright.yml': settings } : {}) },
    collaborators: { wanda: 'write', tim: 'triage', rita: 'read' },
  });
}

/** What the bot said on an issue or pull request, besides its status comment, oldest first. */
export async function replies(page: TaskPage, on: number = page.issue): Promise<string[]> {
  const said = (await page.comments(on)).filter(
    (c) => c.login === 'planwright[bot]' && !c.body.startsWith('<!-- planwright:status'),
  );
  return said.map((c) => c.body.replace(/^<!-- planwright:reply [^\n]*-->\n/, ''));
}

/** What the tools answered in a conversation's last request, the latest call last. */
export const toldBack = (request: SeenRequest | undefined): string[] => {
  const last = request?.messages.at(-1);
  if (last?.role === 'tools') return last.results.map((r) => r.content);
  return last ? [last.text] : [];
};
