import { DBOS } from '@dbos-inc/dbos-sdk';
import { withinBudget } from '../../agent/budget/within-budget.ts';
import { addSpend, amountOf, sum } from '../../domain/model/budget.ts';
import { type ChargedCall, chargesOf, costOf, spendOfCall } from '../../domain/model/charge.ts';
import type { Spend } from '../../domain/model/spend.ts';
import { failure, success } from '../../domain/outcome.ts';
import { remember } from '../../domain/remember.ts';
import { fullName } from '../../domain/repository.ts';
import { type TaskRef, taskKey } from '../../domain/task/task.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import { workflowIdPrefixes } from '../../domain/task/work-id.ts';
import type { PriceOf } from '../../ports/prices.ts';
import { SpendUnavailable } from '../../ports/spend.ts';
import { readRecord } from '../../publishing/status-comment.ts';
import { limitsOf } from '../../settings/limits.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import { limitedUntil } from '../engine/github-limit.ts';
import { mayPass } from '../engine/steps.ts';
import type { WorkflowPorts } from './ports.ts';
import { chargeCalls } from './spend-caps.ts';

/** Of which it is remembered; the others' rows are looked up again. */
const TASKS_KEPT = 10_000;

/**
 * Holds every conversation of a task to the task's budget, and to the limits of its repository and of the operator. What is spent and
 * reserved is in rows that all processes see.
 */
export function enforceTaskBudgets(ports: WorkflowPorts): (task: TaskRef) => WorkflowPorts {
  /** Tasks whose earlier spend is in the rows by now. */
  const begun = new Map<string, Promise<void>>();
  const charge = chargeCalls(ports);

  function begin(task: TaskRef): Promise<void> {
    const key = carriedKey(task, ports.clock.now());
    const known = begun.get(key);
    if (known) return known;
    const carried = importSpendBefore(ports, task);
    remember(begun, key, carried, TASKS_KEPT);
    carried.catch(() => begun.delete(key));
    return carried;
  }

  async function settingsOf(task: TaskRef): Promise<Settings | null> {
    const repo = ports.forge.repository(task.repository);
    const settings = await ports.settings.recent(repo);
    // Broken meanwhile: work is about to be stopped where it is, and failing first would throw it away.
    return settings.ok ? settings.value : ports.settings.lastGood(repo);
  }

  return (task) => ({
    ...ports,
    models: withinBudget(ports.models, {
      limits: async () => {
        const held = await beforehand(ports, () => settingsOf(task));
        if (held === null) return failure('`.github/planwright.yml` cannot be used; the status comment says which lines.');
        return success(limitsOf(held));
      },
      priceOf: ports.priceOf,
      reserve: async (cost, limits) => {
        const settings = await beforehand(ports, async () => {
          await begin(task);
          return settingsOf(task);
        });
        return charge(task, { cost, limits, budget: settings?.budget ?? null });
      },
    }),
  });
}

/**
 * A turn is asked for once, so what is read before it has tries of its own: nothing was paid for it yet, and an error would end work whose
 * earlier turns were. Without the database nothing can be recorded anyway, so it is waited for. A limit of GitHub's is left to the work, which waits outside
 * of its queue.
 */
export async function beforehand<T>({ clock, waits }: Pick<WorkflowPorts, 'clock' | 'waits'>, run: () => Promise<T>): Promise<T> {
  const { first, factor, tries } = waits.step;
  let wait = first;
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (error instanceof SpendUnavailable) {
        attempt -= 1;
        await clock.sleep(waits.replicas.database);
        continue;
      }
      if (attempt >= tries || !mayPass(error) || limitedUntil(error) !== null) throw error;
      await clock.sleep(wait);
      wait *= factor;
    }
  }
}

/**
 * Under which it is remembered that a task's earlier spend is in the rows: for a day, because the rows of a task that is over are removed one
 * day, and the task may be taken up again.
 */
export const carriedKey = (task: TaskRef, now: number): string => `${Math.floor(now / DAY_MS)} ${taskKey(task)}`;
const DAY_MS = 86_400_000;

/** Where a task has no rows yet, they begin with what the record and the engine know. Runs inside a step, like every model call. */
async function importSpendBefore(ports: WorkflowPorts, task: TaskRef): Promise<void> {
  if ((await ports.spend.spentBy(taskKey(task))) === null)
    await importEarlierSpend(ports, task, await readRecord(ports.forge.repository(task.repository), task.issue));
}

/**
 * The first rows of a task that an older build or a lost database has left: the cost of finished work is in its record; whatever
 * else was spent is in the recorded turns of work that is running or was stopped. To be called inside a step.
 */
export async function importEarlierSpend(
  { spend, priceOf }: WorkflowPorts,
  task: TaskRef,
  record: TaskRecord | null,
): Promise<void> {
  const key = taskKey(task);
  if ((await spend.spentBy(key)) !== null) return;
  const ended = record ? [...record.planning.spend, ...Object.values(record.components).flatMap((c) => c.spend)] : [];
  const calls = await callsOfUnfinishedWork(workflowIdPrefixes(task));
  const total = sum([...ended.map(amountOf), ...calls.flatMap(chargesOf).map((charge) => amountOf(costOf([charge], priceOf)))]);
  await spend.carry({ task: key, repository: fullName(task.repository) }, total, record?.spendByDay ?? {});
}

async function callsOfUnfinishedWork(prefixes: readonly string[]): Promise<ChargedCall[]> {
  const found = await DBOS.listWorkflows({
    workflow_id_prefix: [...prefixes],
    status: ['PENDING', 'ENQUEUED', 'DELAYED', 'CANCELLED', 'ERROR', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'],
    loadInput: false,
    loadOutput: false,
  });
  // The engine's prefixes are patterns in which _ stands for any character.
  const ours = found.filter((w) => prefixes.some((p) => w.workflowID.startsWith(p)));
  return (await Promise.all(ours.map((w) => callsOf(w.workflowID)))).flat();
}

/** The calls of models that a piece of work has paid for so far, in order. To be called inside a step. */
async function callsOf(workflowID: string): Promise<ChargedCall[]> {
  const steps = (await DBOS.listWorkflowSteps(workflowID)) ?? [];
  return steps.flatMap(({ output }) => (isCall(output) ? [output] : []));
}

/** The cost of failed work up to its failure, by model, because it could not report that itself. To be called inside a step. */
export async function spendOf(workflowID: string, priceOf: PriceOf): Promise<Spend[]> {
  return addSpend(
    [],
    (await callsOf(workflowID)).flatMap((call) => spendOfCall(call, priceOf)),
  );
}

/** Recognises the steps of a conversation among the other steps of a workflow. */
const isCall = (output: unknown): output is ChargedCall => typeof output === 'object' && output !== null && 'turn' in output;
