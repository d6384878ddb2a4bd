import type { Forecast } from '../../domain/plan/estimate.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { forecast } from '../../executor/estimate.ts';
import type { Snapshot } from '../../ports/snapshot.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import type { WorkflowPorts } from './ports.ts';

/** What executing a plan will cost by these settings, from the sizes of the files in `base`. */
export async function estimateCost(
  { priceOf }: Pick<WorkflowPorts, 'priceOf'>,
  { models, execution }: Settings,
  base: Snapshot,
  { plan, text: planFile }: { readonly plan: Plan; readonly text: string },
): Promise<Forecast> {
  const entries = await base.entries();
  return forecast({
    plan,
    planFile,
    size: (path) => entries.get(path)?.size ?? null,
    model: models.executor.model,
    maxTurns: execution.max_turns,
    reviewer: execution.review === 'off' ? null : models[execution.review].model,
    priceOf,
  });
}
