import type { Plan } from '../../domain/plan/plan.ts';
import { foundationHash, specHash } from '../../domain/plan/spec-hash.ts';
import { renderBranchName } from '../../domain/task/branch-name.ts';
import type { FileConflict } from '../../domain/task/file-conflict.ts';
import { containedIn, stackBaseOf } from '../../domain/task/stack-base.ts';
import { type ComponentRecord, isFollowUp, type Job, type Stack, type TaskRecord } from '../../domain/task/task.ts';
import { componentWorkflowId } from '../../domain/task/work-id.ts';
import { waitsBecause } from '../../replies/comments/file-conflict.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import { ciVerdict, shouldFix } from '../ci/ci-verdict.ts';
import type { Action } from '../model/action.ts';
import { NEW_COMPONENT } from '../model/new-component.ts';
import type { PlanView, TaskView } from '../model/view.ts';
import { mergedInto } from '../own-checks/required.ts';
import { holdDependents } from './hold-dependents.ts';
import { reconcileWithPlan } from './reconcile-with-plan.ts';

export interface Scheduled {
  readonly components: TaskRecord['components'];
  readonly actions: readonly Action[];
}

/** Which components of the plan at the head stop, start or go on; `approved` holds the spec hashes people stand by, by component id. */
export function schedule(
  record: TaskRecord,
  view: TaskView,
  shownPlan: PlanView,
  plan: Plan,
  approved: TaskRecord['approved'],
  settings: Settings,
): Scheduled {
  const specs = new Map(plan.components.map((c) => [c.id, specHash(plan, c.id)]));
  const mayRun = (id: string): boolean => specs.has(id) && approved[id] === specs.get(id);
  const { components, actions } = reconcileWithPlan(record, view, shownPlan, plan, mayRun);
  for (const { id } of plan.components) if (mayRun(id)) components[id] ??= NEW_COMPONENT;
  actions.push(...holdDependents(plan, components, view));

  let running = plan.components.filter(({ id }) => components[id]?.state === 'running').length;
  for (const { component: id } of plan.implementation_order) {
    const c = components[id];
    const planned = plan.components.find((p) => p.id === id);
    if (!c || !planned) continue;
    const start = (job: Job): void => {
      const goal = { job, spec: specs.get(id) as string, blob: shownPlan.blob as string, foundation: foundationHash(plan, id) };
      components[id] = started(c, goal);
      actions.push(execution(view, shownPlan, id, components[id]));
    };
    if (c.state === 'waiting' && mayRun(id)) {
      const stackBase = stackBaseOf(planned, components, settings.execution.strategy);
      if (stackBase.kind === 'wait' || running >= settings.execution.max_parallel) continue;
      if (waits(id, c, view)) {
        components[id] = waiting(c, view.fileConflicts[id] as FileConflict);
        continue;
      }
      const on = stackBase.kind === 'on' ? stackOn(stackBase.component, view) : null;
      // Its pull request is not to be seen at this moment: the next look finds it, or finds it closed.
      if (stackBase.kind === 'on' && on === null) continue;
      running += 1;
      start({ kind: 'build', on });
    } else if (c.state === 'open' && mayRun(id) && mustMove(c, components)) {
      // A merge, and a model only where it conflicts: not counted among those that run side by side.
      start({ kind: 'restack' });
    } else if (c.state === 'open' && mayRun(id) && running < settings.execution.max_parallel) {
      const job = followUpOf(id, c, view, settings);
      if (job === null) continue;
      running += 1;
      start(job);
      components[id] = begun(components[id] ?? c, job);
    } else if (c.state === 'running') {
      const work = view.components[id]?.work.kind ?? 'absent';
      // The database was lost, or somebody stopped the workflow behind our back: the same id finds what there is.
      if (work !== 'absent' && work !== 'cancelled') continue;
      if (c.blob !== shownPlan.blob) components[id] = { ...c, attempt: c.attempt + 1, blob: shownPlan.blob as string };
      actions.push(execution(view, shownPlan, id, components[id] ?? c));
    }
  }
  return { components, actions };
}

/** Another task is changing one of its files, and nobody has said that it may start all the same. */
const waits = (id: string, { beside, built }: ComponentRecord, { fileConflicts }: TaskView): boolean =>
  id in fileConflicts && !beside && built === '';

const waiting = (c: ComponentRecord, conflict: FileConflict): ComponentRecord => ({
  ...c,
  waits_for: `${conflict.issue}/${conflict.component}`,
  reason: waitsBecause(conflict),
});

/** What an open pull request is to be worked on for, once it is there. */
function followUpOf(id: string, c: ComponentRecord, view: TaskView, { execution }: Settings): Job | null {
  const pull = view.components[id]?.pull;
  if (pull?.state !== 'open') return null;
  if (c.asked !== null) return { kind: 'revise', ...c.asked };
  const verdict = ciVerdict(id, c, view);
  if (verdict.kind !== 'red' || !shouldFix(c, pull.headSha, verdict, execution)) return null;
  return { kind: 'fix', head: pull.headSha, checks: verdict.failing.map((check) => check.name) };
}

/** So that it is not begun with again. */
const begun = (c: ComponentRecord, job: Job): ComponentRecord =>
  job.kind === 'fix' ? { ...c, fixed: [...c.fixed, job.head] } : { ...c, asked: null };

/** Its parent is merged, from the very pull request it was stacked on: from now on it stands on the base branch. */
const mustMove = ({ stack }: ComponentRecord, components: TaskRecord['components']): boolean =>
  stack !== null && components[stack.on]?.state === 'merged' && components[stack.on]?.pull === stack.pull;

function stackOn(parent: string, { components }: TaskView): Stack | null {
  const pull = components[parent]?.pull;
  return pull?.state === 'open' ? { on: parent, pull: pull.number, sha: pull.headSha } : null;
}

/** The same work goes on under the same id, so that no recorded turn is paid twice; changed work is a new attempt. */
function started(c: ComponentRecord, goal: Pick<ComponentRecord, 'job' | 'spec' | 'blob' | 'foundation'>): ComponentRecord {
  // What its pull request carries already was done by an attempt that has ended.
  const unfinished = c.attempt > 0 && c.job.kind === 'build' && c.built !== c.spec;
  const same = unfinished && goal.job.kind === 'build' && c.spec === goal.spec && c.blob === goal.blob;
  return {
    ...c,
    ...goal,
    // What it was begun on stays what it is built on.
    job: same ? c.job : goal.job,
    state: 'running',
    attempt: same ? c.attempt : c.attempt + 1,
    waits_for: null,
    reason: null,
    blocker: null,
  };
}

function execution(view: TaskView, shownPlan: PlanView, id: string, c: ComponentRecord): Action {
  const { task } = view;
  const on = c.job.kind === 'build' ? c.job.on : isFollowUp(c.job) ? c.stack : null;
  const branch = renderBranchName({ issue: task.issue, part: id, generation: c.generation });
  const planned = shownPlan.file?.ok ? shownPlan.file.value.components.find((p) => p.id === id) : undefined;
  const merged = (planned?.depends_on ?? []).flatMap((d) => view.components[d]?.pull?.mergeCommit ?? []);
  return {
    kind: 'execute',
    workflow: componentWorkflowId(task, id, c.attempt),
    work: {
      kind: 'component',
      task,
      component: id,
      attempt: c.attempt,
      branch,
      job: c.job,
      addressed: c.heard,
      parent: on && { ...on, branch: branchOf(on.on, view), below: below(on.on, view) },
      needs: c.job.kind === 'build' && on !== null ? merged : [],
      contains: mergedInto(branch, view.components),
      stack: c.stack,
      planPull: shownPlan.pull.number,
      planPath: shownPlan.path,
      planCommit: shownPlan.pull.headSha,
      blob: c.blob,
      spec: c.spec,
    },
  };
}

const branchOf = (id: string, { task, components, record }: TaskView): string =>
  components[id]?.pull?.headRef ??
  renderBranchName({ issue: task.issue, part: id, generation: record?.components[id]?.generation ?? 1 });

const below = (id: string, view: TaskView): string[] =>
  [...containedIn(id, view.record?.components ?? {})].reverse().map((lower) => branchOf(lower, view));
