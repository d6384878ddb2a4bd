import { DBOS } from '@dbos-inc/dbos-sdk';
import { type BudgetLedger, createBudgetLedger } from '../../agent/budget/budget-ledger.ts';
import { withinBudget } from '../../agent/budget/within-budget.ts';
import { type Amount, addSpend, amountOf, sum } from '../../domain/model/budget.ts';
import type { Turn } from '../../domain/model/conversation.ts';
import type { Spend } from '../../domain/model/spend.ts';
import { failure, success } from '../../domain/outcome.ts';
import { type TaskRef, taskKey } from '../../domain/task/task.ts';
import { workflowIdPrefixes } from '../../domain/task/work-id.ts';
import type { PriceOf } from '../../ports/prices.ts';
import { readRecord } from '../../publishing/status-comment.ts';
import { limitsOf } from '../../settings/limits.ts';
import type { WorkflowPorts } from './ports.ts';

/**
 * Holds every conversation of a task to the task's budget. The budget ledgers live in this process, because a task is worked on by one; a
 * process that meets a task for the first time adds up what is recorded of it.
 */
export function enforceTaskBudgets(ports: WorkflowPorts): (task: TaskRef) => WorkflowPorts {
  const ledgers = new Map<string, Promise<BudgetLedger>>();

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
        // Broken meanwhile: work is about to be stopped where it is, and failing first would throw it away.
        const held = settings.ok ? settings.value : ports.settings.lastGood(repo);
        if (held === null) return failure('`.github/planwright.yml` cannot be used; the status comment says which lines.');
        return success(limitsOf(held));
      },
      priceOf: ports.priceOf,
    }),
  });
}

/**
 * The cost of finished work is in the task's record; whatever else was spent is in the recorded turns of work that is running or was
 * stopped. Runs inside a step, like every model call.
 */
async function spentBefore({ forge, priceOf }: WorkflowPorts, task: TaskRef): Promise<Amount> {
  const record = await readRecord(forge.repository(task.repository), task.issue);
  const ended = record ? [...record.planning.spend, ...Object.values(record.components).flatMap((c) => c.spend)] : [];
  const turns = await turnsOfUnfinishedWork(workflowIdPrefixes(task));
  return sum([...ended.map(amountOf), ...turns.map(({ model, usage }) => amountOf({ usage, usd: priceOf(model, usage) }))]);
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

/** What work that failed had cost until then, by model, because it could not report that itself. To be called inside a step. */
export async function spendOf(workflowID: string, priceOf: PriceOf): Promise<Spend[]> {
  const spends = (await turnsOf(workflowID)).map(
    ({ model, usage }): Spend => ({ model, turns: 1, usage, usd: priceOf(model, usage), ms: 0 }),
  );
  return addSpend([], spends);
}

/** The steps of a conversation, among those that gather and publish. */
const hasTurn = (output: unknown): output is { readonly turn: Turn } =>
  typeof output === 'object' && output !== null && 'turn' in output && output.turn !== null;
