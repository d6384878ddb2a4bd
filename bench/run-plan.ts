import type { Plan } from '../src/domain/plan/plan.ts';
import { parseRecord } from '../src/domain/task/marker.ts';
import type { SeenRequest as ForgeRequest } from '../test/support/github/traffic.ts';
import type { ScriptedTurn } from '../test/support/models/scripted-turn.ts';
import type { SeenRequest } from '../test/support/models/seen-request.ts';
import { lookingAndSubmitting } from '../test/support/scenes.ts';
import type { Stage } from '../test/support/stage.ts';
import { openIssue, scriptExecutor, scriptPlanner, type TaskPage } from '../test/support/task-page.ts';
import { planOf, SHOP, turnsOf } from './dags.ts';

/** The run of one plan, as seen from outside. Times in milliseconds since the epoch. */
export interface Run {
  readonly plan: Plan;
  readonly approvedAt: number;
  /** When the pull request was requested, by component. */
  readonly openedAt: ReadonlyMap<string, number>;
  readonly executors: ReadonlyMap<string, readonly SeenRequest[]>;
  /** The App's requests to GitHub until the last pull request was in the status comment. */
  readonly forge: readonly ForgeRequest[];
}

const SETTINGS = `plan: { self_review: false, final_review: false, max_components: 20 }
execution: { amend: off, max_parallel: 12 }
budget: { usd_per_task: null }
`;

export async function runPlan(
  stage: Stage,
  dag: Readonly<Record<string, readonly string[]>>,
  polling: Pick<ScriptedTurn, 'latencyMs' | 'streamMs'>,
): Promise<Run> {
  const { github, models } = stage;
  const name = `shop-${Object.keys(dag).length}`;
  const files = { ...SHOP, '.github/planwright.yml': SETTINGS };
  const repository = await github.addRepository({ owner: 'olga', name, files, collaborators: { wanda: 'write' } });
  const title = `Limit the orders of ${name}`;
  const plan = planOf(dag, title);
  scriptPlanner(models, title, lookingAndSubmitting(plan));
  const executors = new Map(
    plan.components.map(({ id }) => [id, scriptExecutor(models, plan, id, turnsOf(id, polling)).requests]),
  );
  const page = await openIssue({ github, repository, title, body: 'Too many orders arrive.', by: 'olga' });
  await page.label('wanda', 'plan');
  await page.statusIs('review');
  await github.idle();

  const [from, approvedAt] = [github.requests.length, Date.now()];
  await page.approve('wanda', (await page.pull('plan')).number);
  const opened = await Promise.all(
    plan.components.map(async ({ id }): Promise<[string, number]> => [id, await pullOpened(stage, page, id)]),
  );
  await github.until('every component to be told', async () => {
    const now = parseRecord(await page.status());
    return now !== null && Object.values(now.components).every((c) => c.state === 'open');
  });
  await github.idle();
  const asked = github.requests.slice(from).filter(({ by }) => by.kind === 'app' || by.login === 'planwright[bot]');
  // What follows is about pull requests becoming ready; how much of it has happened by now is a matter of milliseconds.
  const forge = asked.slice(0, asked.findIndex(tellsAllOpen) + 1);
  return { plan, approvedAt, openedAt: new Map(opened), executors, forge };
}

/** Waits for a component's pull request; reads the requests that arrive, so that watching costs the bot nothing. */
async function pullOpened({ github }: Stage, page: TaskPage, id: string): Promise<number> {
  const path = `/repos/${page.repository.fullName}/pulls`;
  const head = branchOf(page, id);
  const creation = await github.until(
    `the pull request of ${id}`,
    () =>
      github.requests.find(
        (r) => r.method === 'POST' && r.path === path && r.status === 201 && (r.body as { head?: string }).head === head,
      ),
    { timeoutMs: 600_000 },
  );
  return creation.at.getTime();
}

/** Whether a request writes a status comment that knows every component's pull request. */
function tellsAllOpen({ method, path, body }: ForgeRequest): boolean {
  if (method !== 'PATCH' || !/\/issues\/comments\/\d+$/.test(path)) return false;
  const record = parseRecord(String((body as { body?: string }).body));
  return record !== null && Object.values(record.components).every((c) => c.state === 'open');
}

const branchOf = (page: TaskPage, id: string): string => `planwright/issue-${page.issue}/${id}`;
