import { workspaceOf } from '../../agent/files/workspace.ts';
import type { TaskRef } from '../../domain/task/task.ts';
import { loadPlanFile, locateFindings } from '../../plan-file/load.ts';
import { checkSoundness } from '../../planner/soundness.ts';
import { checkText } from '../../planner/text-soundness.ts';
import type { CheckReport } from '../../ports/forge/checks.ts';
import { planIsForAnotherBase, planIsSound, planIsUnsound } from '../../replies/checks/own-checks.ts';
import { limitsOf } from '../../settings/limits.ts';
import { scopePolicyOf } from '../../settings/scope-policy.ts';
import type { Action } from '../../task/model/action.ts';
import { baseBranch } from '../../task/model/base-branch.ts';
import { estimateCost } from '../shared/estimate.ts';
import { openSnapshot } from '../shared/open-snapshot.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import { checkPlanScope } from '../shared/scope-check.ts';

/** The line that says of itself which issue, revision and branch the plan is for; the title and an empty line come before it. */
const HEADER_LINE = 3;

type CheckPlan = Extract<Action, { kind: 'check_plan' }>;

/** Reads PLAN.md at a head as the executor would, and reports both checks there. */
export async function checkPlan(
  ports: WorkflowPorts,
  task: TaskRef,
  { head, base, branches, path, merged, again }: CheckPlan,
): Promise<void> {
  const repo = ports.forge.repository(task.repository);
  const file = await repo.file(path, head);
  const report = file
    ? await reportOn(ports, task, { path, file, merged, baseName: branches.base })
    : planIsUnsound(path, null, [{ line: 1, message: `There is no ${path} on this branch.` }]);
  if (report) await repo.reportCheck(head, report, again);
  await checkPlanScope(repo, { head, base, baseName: branches.base, path, again });
}

async function reportOn(
  ports: WorkflowPorts,
  task: TaskRef,
  {
    path,
    file: { text, sha: blob },
    merged,
    baseName,
  }: Pick<CheckPlan, 'path' | 'merged'> & {
    readonly file: { readonly text: string; readonly sha: string };
    readonly baseName: string | null;
  },
): Promise<CheckReport | null> {
  const parsed = await loadPlanFile(text);
  if (!parsed.ok) return planIsUnsound(path, blob, parsed.reason);
  // Its work has begun for that branch, and an approval of this text would move it to another one.
  if ((parsed.value.meta.base ?? null) !== baseName)
    return planIsUnsound(path, blob, [{ line: HEADER_LINE, message: planIsForAnotherBase(baseName) }]);
  const repo = ports.forge.repository(task.repository);
  const settings = await ports.settings.load(repo);
  // Without settings it is unknown what is protected; the check stays open until they are fixed.
  if (!settings.ok) return null;
  // Checked against the present base branch, like the planner's own plan: the plan branch still has the base it began with.
  const base = await baseBranch(repo, baseName);
  // The check stays open until the branch is back.
  if (base === null) return null;
  const snapshot = await openSnapshot(ports, task.repository, base.sha);
  const paths = new Map(await snapshot.entries());
  paths.delete(path);
  const { plan } = parsed.value;
  const findings = [
    ...checkSoundness(plan, {
      ...scopePolicyOf(settings.value, task.issue),
      paths,
      merged,
      maxComponents: settings.value.plan.max_components,
    }),
    ...(await checkText(plan, workspaceOf(snapshot), { merged })),
  ];
  if (findings.length > 0) return planIsUnsound(path, blob, await locateFindings(text, findings));
  return planIsSound(blob, plan, await estimateCost(ports, settings.value, snapshot, { plan, text }), limitsOf(settings.value));
}
