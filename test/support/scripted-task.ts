import type { Component, Plan } from '../../src/domain/plan/plan.ts';
import type { LocalGitHub } from './github/local-github.ts';
import type { ScriptedTurn } from './models/scripted-turn.ts';
import type { SeenRequest } from './models/seen-request.ts';
import { aPlan, executing, planning, SHOP_FILES } from './shop.ts';
import type { Stage } from './stage.ts';
import { openIssue, scriptExecutor, scriptPlanner, type TaskPage } from './task-page.ts';

/** A task in a repository of its own, whose planner and executors do as the plan says. */
export interface ScriptedTask {
  readonly page: TaskPage;
  readonly plan: Plan;
  readonly planner: readonly SeenRequest[];
  /** By component id. */
  readonly executors: ReadonlyMap<string, readonly SeenRequest[]>;
  /** When the bot was killed under this task, milliseconds since the epoch. */
  readonly kills: number[];
}

export async function scriptTask(
  { github, models }: Stage,
  name: string,
  components: readonly Component[],
  turnsOf: (component: Component) => ScriptedTurn[] = executing,
): Promise<ScriptedTask> {
  const repository = await github.addRepository({
    owner: 'olga',
    name,
    files: SHOP_FILES,
    collaborators: { wanda: 'write', rita: 'read' },
  });
  const plan = aPlan(components, { title: `Limit the orders of ${name}.` });
  return {
    plan,
    planner: scriptPlanner(models, plan.title, planning(plan)).requests,
    executors: new Map(components.map((c) => [c.id, scriptExecutor(models, plan, c.id, turnsOf(c)).requests])),
    page: await openIssue({ github, repository, title: plan.title, body: 'Too many orders arrive.', by: 'olga' }),
    kills: [],
  };
}

export function roleIn(task: ScriptedTask, request: SeenRequest): 'planner' | 'executor' | null {
  if (task.planner.includes(request)) return 'planner';
  return [...task.executors.values()].some((requests) => requests.includes(request)) ? 'executor' : null;
}

/**
 * Model turns that were asked for although their answer had been recorded. Of a conversation a kill may make only the last turn asked so
 * far be asked again, with the same bytes, and none once its result was on its way to GitHub.
 */
export function needlessTurns(task: ScriptedTask, github: LocalGitHub): string[] {
  const conversations: [string, readonly SeenRequest[], string][] = [
    ['planner', task.planner, 'PLAN.md'],
    ...[...task.executors].map(([id, requests]): [string, readonly SeenRequest[], string] => [id, requests, `src/${id}.js`]),
  ];
  return conversations.flatMap(([who, requests, path]) => {
    const turns = requests.map((r) => ({ at: r.at, turn: r.turn, said: JSON.stringify(r.body) }));
    const last = Math.max(-1, ...turns.map((t) => t.turn));
    const published = treesWith(path, task, github).map((t) => ({ ...t, turn: last + 1 }));
    return needless(
      [...turns, ...published].sort((a, b) => a.at - b.at),
      task.kills,
    ).map((turn) => `${who}: ${turn}`);
  });
}

interface Asked {
  readonly at: number;
  readonly turn: number;
  readonly said: string;
}

function needless(events: readonly Asked[], kills: readonly number[]): string[] {
  const found: string[] = [];
  let former: Asked | null = null;
  for (const event of events) {
    const since = former;
    const isNext = event.turn === (since?.turn ?? -1) + 1;
    const wasInFlight = since !== null && event.turn === since.turn && kills.some((k) => since.at <= k && k <= event.at);
    if (!isNext && !(wasInFlight && since.said === event.said))
      found.push(`turn ${event.turn} after turn ${since?.turn ?? 'none'}`);
    former = event;
  }
  return found;
}

/** A result that leaves for GitHub, told by a file it writes. */
const treesWith = (path: string, { page }: ScriptedTask, github: LocalGitHub): Omit<Asked, 'turn'>[] =>
  github.requests
    .filter((r) => r.method === 'POST' && r.path === `/repos/${page.repository.fullName}/git/trees`)
    .map((r) => ({ at: r.at.getTime(), said: JSON.stringify(r.body) }))
    .filter(({ said }) => said.includes(JSON.stringify(path)));

/** Everything of a task that a person could find doubled or missing, in a form to compare at one glance. */
export interface Trace {
  /** By the branch's last part: state, labels, commits, changed files and checks; a second pull request shows as another entry. */
  readonly pulls: readonly string[];
  readonly branches: readonly string[];
  readonly statusComments: number;
  /** First lines of the bot's comments that it wrote more than once. */
  readonly doubled: readonly string[];
  /** How often the issue was closed. */
  readonly closings: number;
}

export async function traceOf({ page }: ScriptedTask, github: LocalGitHub): Promise<Trace> {
  await github.idle();
  const { owner, name, fullName } = page.repository;
  const { rest } = github.as(owner);
  const pulls = await page.pulls();
  const told = await Promise.all(
    pulls.map(async (p) => {
      const commits = (await rest.pulls.listCommits({ owner, repo: name, pull_number: p.number })).data.length;
      const { check_runs } = (await rest.checks.listForRef({ owner, repo: name, ref: p.head, filter: 'all' })).data;
      const checks = check_runs.map((r) => `${r.name} ${r.conclusion}`).sort();
      return [partOf(p.branch), p.state, p.labels, `${commits} commit`, p.files, checks].flat().join(', ');
    }),
  );
  const comments = (await Promise.all([page.issue, ...pulls.map((p) => p.number)].map((n) => page.comments(n)))).flat();
  const firsts = comments.filter((c) => c.login === 'planwright[bot]').map((c) => c.body.split('\n')[0] as string);
  const isClosing = (d: (typeof github.deliveries)[number]): boolean =>
    d.repository === fullName && d.event === 'issues' && d.action === 'closed' && !d.redelivery;
  return {
    pulls: told.sort(),
    branches: (await page.branches()).map(partOf),
    statusComments: (await page.statuses()).length,
    doubled: firsts.filter((line, i) => firsts.indexOf(line) !== i),
    closings: github.deliveries.filter(isClosing).length,
  };
}

const partOf = (branch: string): string => branch.split('/').at(-1) as string;
