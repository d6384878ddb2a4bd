import { DBOS } from '@dbos-inc/dbos-sdk';
import { addSpend } from '../../domain/model/budget.ts';
import { spendOfCall } from '../../domain/model/charge.ts';
import type { Spend } from '../../domain/model/spend.ts';
import { reasonOf } from '../engine/failure.ts';
import { askLocally, type LocalAskResult, type LocalAskWork } from './ask-locally.ts';
import { buildLocally, type LocalBuildResult, type LocalBuildWork } from './build-locally.ts';
import { type LocalPlanResult, type LocalPlanWork, planLocally } from './plan-locally.ts';
import type { TryPorts } from './ports.ts';
import { isTurn } from './progress.ts';

/**
 * The work of a try. The id of each piece is a function of its purpose: requested again, in this process or in a later one, it
 * continues from its last recorded step, or gives the result it had.
 */
export interface TryWork {
  plan(id: string, work: LocalPlanWork): Promise<LocalPlanResult>;
  ask(id: string, work: LocalAskWork): Promise<LocalAskResult>;
  build(id: string, work: LocalBuildWork): Promise<LocalBuildResult>;
  /** What the recorded turns have cost, by the id of the work they belong to. */
  spent(): Promise<ReadonlyMap<string, readonly Spend[]>>;
  /**
   * Makes the next request for this work try again where no model answered, so that the turns before that are not repeated. False
   * where it failed in another way and would fail again: only another attempt, under another id, can help.
   */
  retry(id: string): Promise<boolean>;
}

interface Failed {
  readonly kind: 'failed';
  readonly reason: string;
  readonly spend: readonly Spend[];
}

/** Registers the workflows of a try; to be called once, before the engine is launched. */
export function registerTry(ports: TryPorts, logError: (error: unknown, workflow: string) => void): TryWork {
  const plan = work('try-plan', planLocally);
  const ask = work('try-ask', askLocally);
  const build = work('try-build', buildLocally);
  return { plan, ask, build, spent: () => spentBy(ports), retry };

  function work<W, R>(name: string, run: (ports: TryPorts, work: W) => Promise<R>) {
    const workflow = DBOS.registerWorkflow((input: W): Promise<R | Failed> => guarded(() => run(ports, input)), { name });
    return async (workflowID: string, input: W): Promise<R | Failed> => {
      const known = await DBOS.getWorkflowStatus(workflowID);
      const handle =
        known === null
          ? await DBOS.startWorkflow(workflow, { workflowID })(input)
          : DBOS.retrieveWorkflow<R | Failed>(workflowID);
      return handle.getResult();
    };
  }

  /** An unexpected error ends the work with a sentence; the details are in the log. */
  async function guarded<R>(run: () => Promise<R>): Promise<R | Failed> {
    try {
      return await run();
    } catch (error) {
      logError(error, DBOS.workflowID ?? '');
      return { kind: 'failed', reason: reasonOf(error), spend: [] };
    }
  }
}

async function retry(id: string): Promise<boolean> {
  const last = ((await DBOS.listWorkflowSteps(id)) ?? []).at(-1);
  if (last === undefined || !isTurn(last.output) || !last.output.unanswered) return false;
  await DBOS.rewindWorkflow(id, { startStep: last.functionID });
  return true;
}

async function spentBy({ priceOf }: TryPorts): Promise<ReadonlyMap<string, readonly Spend[]>> {
  const found = await DBOS.listWorkflows({ loadInput: false, loadOutput: false });
  const spent = new Map<string, readonly Spend[]>();
  for (const { workflowID } of found.sort((a, b) => a.createdAt - b.createdAt)) {
    const steps = (await DBOS.listWorkflowSteps(workflowID)) ?? [];
    const spends = steps.flatMap(({ output }) => (isTurn(output) ? spendOfCall(output, priceOf, output.ms) : []));
    spent.set(workflowID, addSpend([], spends));
  }
  return spent;
}
