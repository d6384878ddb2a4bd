import { workspaceOf } from '../../agent/files/workspace.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { loadPlanFile, locateFindings } from '../../plan-file/load.ts';
import { checkSoundness } from '../../planner/soundness.ts';
import { checkText } from '../../planner/text-soundness.ts';
import type { Snapshot } from '../../ports/snapshot.ts';
import { scopePolicyOf } from '../../settings/scope-policy.ts';
import type { TrySubject } from '../../workflows/try/ports.ts';

export interface LineFinding {
  readonly line: number;
  readonly message: string;
}

/** Reads PLAN.md back as the executor would, and checks it as the planner's own plan was, because a person may have edited it. */
export async function readPlanFile(
  text: string,
  { settings, number }: TrySubject,
  snapshot: Snapshot,
): Promise<Outcome<Plan, readonly LineFinding[]>> {
  const parsed = await loadPlanFile(text);
  if (!parsed.ok) return parsed;
  const { plan } = parsed.value;
  const policy = scopePolicyOf(settings, number);
  const context = { ...policy, paths: await snapshot.entries(), maxComponents: settings.plan.max_components };
  const findings = [...checkSoundness(plan, context), ...(await checkText(plan, workspaceOf(snapshot), {}))];
  return findings.length > 0 ? failure(await locateFindings(text, findings)) : success(plan);
}
