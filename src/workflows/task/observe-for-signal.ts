import { remember } from '../../domain/remember.ts';
import { includesLabel } from '../../domain/task/label.ts';
import { factOf, type Signal } from '../../domain/task/signal.ts';
import type { TaskRef } from '../../domain/task/task.ts';
import { includesLogin, isByBot } from '../../task/model/authorise.ts';
import type { TaskView } from '../../task/model/view.ts';
import { viewContains } from '../../task/model/view-contains.ts';
import { observe } from '../../task/observe.ts';
import type { SignalInput } from '../engine/signal-input.ts';
import { workOf } from '../engine/steps.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import { capsAt } from '../shared/spend-caps.ts';
import { carriedKey, importEarlierSpend } from '../shared/task-budgets.ts';
import type { Admission, createAdmissionControl } from './admission-control.ts';
import type { rememberViews } from './seen-views.ts';

/** The result of an observation. `outdated`: GitHub does not show yet what is known to have happened. */
export type Observed =
  | { readonly kind: 'nothing' }
  /** The issue was deleted, and the event that said so was lost. */
  | { readonly kind: 'gone' }
  | Exclude<Admission, { kind: 'admitted' | 'nothing' }>
  | { readonly kind: 'outdated'; readonly view: TaskView | null; readonly missing: string }
  | { readonly kind: 'view'; readonly view: TaskView };

/** Of which it is remembered that their earlier spending is in the rows; the others are looked up again. */
const TASKS_KEPT = 10_000;

interface Memory {
  readonly seen: ReturnType<typeof rememberViews>;
  readonly admissionControl: ReturnType<typeof createAdmissionControl>;
}

/** Observes a task for a signal, unless the signal is none of its business, has been seen, or is not admitted. */
export function observeForWith(ports: WorkflowPorts, { seen, admissionControl }: Memory) {
  // Tasks whose earlier spending has been added to the rows.
  const carried = new Map<string, true>();

  return async function observeFor({ task, signal, receivedAt }: SignalInput): Promise<Observed> {
    const fact = factOf(signal);
    if (signal.kind === 'hint' && signal.rerun === undefined && seen.hasSeen(task, receivedAt, fact)) return { kind: 'nothing' };
    if (signal.kind === 'hint' && signal.under !== undefined && !(await isOwnPrefix(task, signal.under)))
      return { kind: 'nothing' };
    if (isByBot(signal) && !(await isListedBot(task, signal))) return { kind: 'nothing' };
    if (signal.kind === 'labelled' && !(await isTrigger(task, signal.label))) return { kind: 'nothing' };
    const admission = admissionControl.admit(task, signal);
    if (admission.kind !== 'admitted') return admission;
    seen.observing(task, ports.time.earliest());
    const view = await observe(task, signal, {
      ...ports,
      settings: ports.settings.load,
      work: workOf,
      workflowLimit: ports.waits.workflow / 1_000,
      clockSlackMs: ports.waits.clockSlack,
      permission: admission.permission,
      caps: (repository, settings) =>
        ports.spend.states(capsAt(ports.clock.now(), ports.caps, repository, settings?.budget ?? null)),
    });
    if (view === 'gone') return { kind: 'gone' };
    if (view === 'not found') return { kind: 'outdated', view: null, missing: 'the issue' };
    if (await seen.isOutdated(task, view?.status ?? null)) return { kind: 'outdated', view, missing: 'the status comment' };
    if (view === null) return { kind: 'nothing' };
    seen.observed(task, view);
    const carriedToday = carriedKey(task, ports.clock.now());
    if (view.record && !carried.has(carriedToday)) {
      remember(carried, carriedToday, true, TASKS_KEPT);
      await importEarlierSpend(ports, task, view.record);
    }
    if (view.isCommandMissing) return { kind: 'outdated', view, missing: 'the comment' };
    // Where there is no task, facts about the issue are not waited for.
    const waits = fact !== null && view.record !== null;
    return waits && !viewContains(view, fact) ? { kind: 'outdated', view, missing: fact.kind } : { kind: 'view', view };
  };

  /**
   * Labels are set and removed all day; only one that starts something is worth an observation, or any label while the settings
   * cannot be read.
   */
  async function isTrigger(task: TaskRef, label: string): Promise<boolean> {
    const loaded = await ports.settings.recent(ports.forge.repository(task.repository));
    return !loaded.ok || includesLabel(label, loaded.value.trigger.labels);
  }

  /** Whether a branch of that name can be the task's; people's branches may have names of the same form. */
  async function isOwnPrefix(task: TaskRef, prefix: string): Promise<boolean> {
    const loaded = await ports.settings.recent(ports.forge.repository(task.repository));
    if (!loaded.ok || loaded.value.branches.prefix === prefix) return true;
    // The settings may have changed since the task began.
    return (await ports.openTaskList.of(task.repository)).some(({ issue }) => issue === task.issue);
  }

  async function isListedBot(task: TaskRef, signal: Signal): Promise<boolean> {
    const loaded = await ports.settings.recent(ports.forge.repository(task.repository));
    return loaded.ok && 'by' in signal && includesLogin(signal.by, loaded.value.trigger.bots);
  }
}
