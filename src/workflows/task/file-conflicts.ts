import type { Plan } from '../../domain/plan/plan.ts';
import { type FileClaim, fileConflictsOf } from '../../domain/task/file-conflict.ts';
import { parseComponentMarker } from '../../domain/task/marker.ts';
import { type TaskRef, taskKey } from '../../domain/task/task.ts';
import { loadPlanFile } from '../../plan-file/load.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { taskOfPullRequest } from '../../publishing/own-pull-request.ts';
import { readRecord } from '../../publishing/status-comment.ts';
import type { Action, Decision } from '../../task/model/action.ts';
import type { TaskView } from '../../task/model/view.ts';
import { isSame, runningComponents } from '../engine/running-work.ts';
import type { WorkflowPorts } from '../shared/ports.ts';

/**
 * Which files components of different tasks are changing in one repository: read from GitHub (open pull requests) and the engine
 * (running work) when something is about to start. Memory holds only which tasks are starting at this moment, before the engine
 * knows, and which are waiting; a start of the process observes every task anyway.
 */
export interface FileConflicts {
  /**
   * The files of a task's plan that other tasks are changing. The files of what `decide` then starts are claimed for this task
   * until `settled`.
   */
  fileConflicts(view: TaskView, decide: (view: TaskView) => Decision): Promise<TaskView['fileConflicts']>;
  /** The engine knows the task's starts now. */
  settled(task: TaskRef, waits: boolean): void;
  /** The other tasks of its repository that are waiting. */
  waiting(task: TaskRef): readonly TaskRef[];
}

/** How many plans are kept by their blob, under which they never change. */
const PLANS_KEPT = 100;

export function trackFileConflicts({ forge }: WorkflowPorts): FileConflicts {
  const starting = new Map<string, { readonly task: TaskRef; readonly claims: readonly FileClaim[] }>();
  const waiting = new Map<string, TaskRef>();
  const plans = new Map<string, Plan | null>();

  async function planOf(repo: RepositoryForge, blob: string): Promise<Plan | null> {
    const known = plans.get(blob);
    if (known !== undefined) return known;
    const text = await repo.blobText(blob);
    const parsed = text === null ? null : await loadPlanFile(text);
    const plan = parsed?.ok ? parsed.value.plan : null;
    plans.set(blob, plan);
    for (const oldest of plans.keys()) if (plans.size > PLANS_KEPT) plans.delete(oldest);
    return plan;
  }

  async function byOthers({ repository, issue }: TaskRef): Promise<FileClaim[]> {
    const repo = forge.repository(repository);
    const pulls = await repo.ownPulls();
    const open = (await Promise.all(pulls.map((pull) => openClaimOf(repo, pull)))).filter((claim) => claim !== null);
    const running = await runningComponents((task) => isSame(task.repository, repository));
    const all = [...open, ...running.map((w) => ({ issue: w.task.issue, component: w.component, blob: w.blob, pull: null }))];
    const claims: FileClaim[] = [];
    for (const { blob, ...claim } of all.filter((c) => c.issue !== issue)) {
      const component = (await planOf(repo, blob))?.components.find((c) => c.id === claim.component);
      if (component) claims.push({ ...claim, files: component.files.map((f) => f.path) });
    }
    return claims;
  }

  return {
    async fileConflicts(view, decide) {
      const { task, plan } = view;
      if (!plan?.file?.ok) return {};
      const { components } = plan.file.value;
      // Noted first, so that a task that ends during this check notifies this one.
      waiting.set(taskKey(task), task);
      const found = await byOthers(task);
      // No await from here on: of two tasks that start at the same moment the second sees the first.
      const now = [...starting.values()].filter(
        (s) => taskKey(s.task) !== taskKey(task) && isSame(s.task.repository, task.repository),
      );
      const fileConflicts = fileConflictsOf(components, [...found, ...now.flatMap((s) => s.claims)]);
      const starts = decide({ ...view, fileConflicts }).actions.flatMap((action) => claimOf(action, components));
      starting.set(taskKey(task), { task, claims: starts });
      return fileConflicts;
    },
    settled(task, waits) {
      starting.delete(taskKey(task));
      if (!waits) waiting.delete(taskKey(task));
    },
    waiting: (task) => [...waiting.values()].filter((w) => w.issue !== task.issue && isSame(w.repository, task.repository)),
  };
}

/**
 * The component of an open pull request, and the blob of the plan it was made from: by its marker, else by its branch and the
 * record.
 */
async function openClaimOf(repo: RepositoryForge, pull: { readonly number: number; readonly body: string }) {
  const marker = parseComponentMarker(pull.body);
  if (marker) return { issue: marker.issue, component: marker.id, blob: marker.blob, pull: pull.number };
  const belonging = await taskOfPullRequest(repo, pull);
  if (belonging === null || belonging.part === 'plan') return null;
  const { issue, part: component } = belonging;
  const blob = (await readRecord(repo, issue))?.components[component]?.built?.blob;
  return blob ? { issue, component, blob, pull: pull.number } : null;
}

function claimOf(action: Action, components: Plan['components']): FileClaim[] {
  if (action.kind !== 'execute') return [];
  const { task, component: id } = action.work;
  const files = components.find((c) => c.id === id)?.files.map((f) => f.path) ?? [];
  return [{ issue: task.issue, component: id, pull: null, files }];
}

/** Whether a decision starts a component that has no result yet; running components and open pull requests never wait. */
export const startsNewWork = ({ actions }: Decision, { record, components }: TaskView): boolean =>
  actions.some(
    (action) =>
      action.kind === 'execute' &&
      action.work.job.kind === 'build' &&
      record?.components[action.work.component]?.state !== 'running' &&
      components[action.work.component]?.pull?.state !== 'open',
  );

/**
 * Whether a component that others may wait for has come to an end, one way or another: its work, or its pull request, which
 * outlives a failed attempt. Where no task waits, a needless yes costs nothing.
 */
export const releasesFiles = ({ record: before, components }: TaskView, { record: after }: Decision): boolean =>
  Object.entries(before?.components ?? {}).some(
    ([id, c]) => (isBusy(c.state) && !isBusy(after?.components[id]?.state)) || components[id]?.pull?.state === 'closed',
  );

const isBusy = (state: string | undefined): boolean => state === 'running' || state === 'open';
