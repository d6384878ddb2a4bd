import { DBOS } from '@dbos-inc/dbos-sdk';
import { type BudgetLedger, createBudgetLedger } from '../../agent/budget/budget-ledger.ts';
import { withinBudget } from '../../agent/budget/within-budget.ts';
import { type Amount, addSpend, amountOf, NOTHING, sum } from '../../domain/model/budget.ts';
import type { Turn } from '../../domain/model/conversation.ts';
import type { Spend } from '../../domain/model/spend.ts';
import { failure, success } from '../../domain/outcome.ts';
import { fullName } from '../../domain/repository.ts';
import { type TaskRef, taskKey } from '../../domain/task/task.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import { workflowIdPrefixes } from '../../domain/task/work-id.ts';
import type { PriceOf } from '../../ports/prices.ts';
import { readRecord } from '../../publishing/status-comment.ts';
import { limitsOf } from '../../settings/limits.ts';
import type { WorkflowPorts } from './ports.ts';
import { chargeCalls } from './spend-caps.ts';

/**
 * Holds every conversation of a task to the task's budget, and to the limits of its repository and of the operator. The budget
 * ledgers live in this process, because only one process works on a task; a process that sees a task for the first time adds up its
 * rows.
 */
export function enforceTaskBudgets(ports: WorkflowPorts): (task: TaskRef) => WorkflowPorts {
  const ledgers = new Map<string, Promise<BudgetLedger>>();
  const charge = chargeCalls(ports);

  function ledgerOf(task: TaskRef): Promise<BudgetLedger> {
    const key = taskKey(task);
    const known = ledgers.get(key);
    if (known) return known;
    const opened = spentBefore(ports, task).then(createBudgetLedger);
    ledgers.set(key, opened);
    opened.catch(() => ledgers.delete(key));
    return opened;
  }

  return (task) => ({
    ...ports,
    models: withinBudget(ports.models, {
      ledger: () => ledgerOf(task),
      limits: async () => {
        const repo = ports.forge.repository(task.repository);
        const settings = await ports.settings.recent(repo);
        // The settings were broken meanwhile: the work is about to be stopped where it is, and failing first would throw it away.
        const held = settings.ok ? settings.value : ports.settings.lastGood(repo);
        if (held === null) return failure('`.github/planwright.yml` cannot be used; the status comment says which lines.');
        return success(limitsOf(held));
      },
      priceOf: ports.priceOf,
      charge: async (cost) => {
        const repo = ports.forge.repository(task.repository);
        const settings = await ports.settings.recent(repo);
        const held = settings.ok ? settings.value : ports.settings.lastGood(repo);
        return charge(task, held?.budget ?? null, cost);
      },
    }),
  });
}

/**
 * The sum of the rows; where there are none yet, they begin with what the record and the engine know. Runs inside a step, like
 * every model call.
 */
async function spentBefore(ports: WorkflowPorts, task: TaskRef): Promise<Amount> {
  const key = taskKey(task);
  const known = await ports.spend.spentBy(key);
  if (known !== null) return known;
  await importEarlierSpend(ports, task, await readRecord(ports.forge.repository(task.repository), task.issue));
  return (await ports.spend.spentBy(key)) ?? NOTHING;
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
  const turns = await turnsOfUnfinishedWork(workflowIdPrefixes(task));
  const total = sum([
    ...ended.map(amountOf),
    ...turns.map(({ model, usage }) => amountOf({ usage, usd: priceOf(model, usage) })),
  ]);
  await spend.carry({ task: key, repository: fullName(task.repository) }, total, record?.spendByDay ?? {});
}

async function turnsOfUnfinishedWork(prefixes: readonly string[]): Promise<Turn[]> {
  const found = await DBOS.listWorkflows({
    workflow_id_prefix: [...prefixes],
    status: ['PENDING', 'ENQUEUED', 'DELAYED', 'CANCELLED', 'ERROR', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'],
    loadInput: false,
    loadOutput: false,
  });
  // The engine's prefixes are patterns in which _ stands for any character.
  const ours = found.filter((w) => prefixes.some((p) => w.workflowID.startsWith(p)));
  return (await Promise.all(ours.map((w) => turnsOf(w.workflowID)))).flat();
}

/** The model turns a piece of work has paid for so far, in order. To be called inside a step. */
async function turnsOf(workflowID: string): Promise<Turn[]> {
  const steps = (await DBOS.listWorkflowSteps(workflowID)) ?? [];
  return steps.flatMap(({ output }) => (hasTurn(output) ? [output.turn] : []));
}

/** The cost of failed work up to its failure, by model, because it could not report that itself. To be called inside a step. */
export async function spendOf(workflowID: string, priceOf: PriceOf): Promise<Spend[]> {
  const spends = (await turnsOf(workflowID)).map(
    ({ model, usage }): Spend => ({ model, turns: 1, usage, usd: priceOf(model, usage), ms: 0 }),
  );
  return addSpend([], spends);
}

/** Recognises the steps of a conversation among the other steps of a workflow. */
const hasTurn = (output: unknown): output is { readonly turn: Turn } =>
  typeof output === 'object' && output !== null && 'turn' in output && output.turn !== null;
