import type { Plan } from '../../domain/plan/plan.ts';
import { remember } from '../../domain/remember.ts';
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
 * Which files components of different tasks are changing in one repository: read from GitHub (open pull requests) and the engine (running
 * work) when something is about to start. Rows that all processes see hold what is starting at this moment, before the engine knows, and
 * which tasks are waiting.
 */
export interface FileConflicts {
  /**
   * The files of a task's plan that other tasks are changing. The files of what `decide` then starts are claimed for this task
   * until `settled`.
   */
  fileConflicts(view: TaskView, decide: (view: TaskView) => Decision): Promise<TaskView['fileConflicts']>;
  /** The engine knows the task's starts now. */
  settled(task: TaskRef, waits: boolean): Promise<void>;
  /** The other tasks of its repository that are waiting. */
  waiting(task: TaskRef): Promise<readonly TaskRef[]>;
}

/** How many plans are kept by their blob, under which they never change. */
const PLANS_KEPT = 100;

export function trackFileConflicts({ forge, claims, log }: WorkflowPorts): FileConflicts {
  const plans = new Map<string, Plan | null>();

  async function planOf(repo: RepositoryForge, blob: string): Promise<Plan | null> {
    const known = plans.get(blob);
    if (known !== undefined) return known;
    const text = await repo.blobText(blob);
    const parsed = text === null ? null : await loadPlanFile(text);
    const plan = parsed?.ok ? parsed.value.plan : null;
    remember(plans, blob, plan, PLANS_KEPT);
    return plan;
  }

  async function byOthers({ repository, issue }: TaskRef): Promise<FileClaim[]> {
    const repo = forge.repository(repository);
    // In this order: work opens its pull request before it ends, so that between the two it is seen in both and never in neither.
    const running = await runningComponents((task) => isSame(task.repository, repository));
    const pulls = await repo.ownPulls();
    const open = (await Promise.all(pulls.map((pull) => openClaimOf(repo, pull)))).filter((claim) => claim !== null);
    const all = [...open, ...running.map((w) => ({ issue: w.task.issue, component: w.component, blob: w.blob, pull: null }))];
    const found: FileClaim[] = [];
    for (const { blob, ...claim } of all.filter((c) => c.issue !== issue)) {
      const component = (await planOf(repo, blob))?.components.find((c) => c.id === claim.component);
      if (component) found.push({ ...claim, files: component.files.map((f) => f.path) });
    }
    return found;
  }

  return {
    async fileConflicts(view, decide) {
      const { task, plan } = view;
      if (!plan?.file?.ok) return {};
      const { components } = plan.file.value;
      // The engine's work is read after this moment: what another task starts is either in it or still claimed.
      const since = await claims.mayWait(task);
      const found = await byOthers(task);
      let fileConflicts: TaskView['fileConflicts'] = {};
      await claims.claim(task, since, (starting) => {
        fileConflicts = fileConflictsOf(components, [...found, ...starting]);
        return decide({ ...view, fileConflicts }).actions.flatMap((action) => claimOf(action, components));
      });
      return fileConflicts;
    },
    async settled(task, waits) {
      // Not a step, and no reason to end a workflow: what is not settled holds its files for longer than it should.
      await claims
        .settled(task, waits)
        .catch((error: unknown) => log.warn({ err: error, task: taskKey(task) }, 'What a task has started could not be noted'));
    },
    waiting: (task) => claims.waiting(task),
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
