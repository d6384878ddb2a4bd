import { pathProblem } from '../../src/domain/change/repository-path.ts';
import type { Component, Plan, PlannedFile } from '../../src/domain/plan/plan.ts';
import { planSchema } from '../../src/domain/plan/plan.ts';
import { parseWritablePath } from '../../src/executor/tools/writable-path.ts';
import { parsePlanFile } from '../../src/plan-file/parse.ts';
import { renderPlanFile } from '../../src/plan-file/render.ts';
import { aComponent, aPlan } from '../support/shop.ts';
import type { PastCommit, PathChange } from './history.ts';

const plannedPath = planSchema.shape.components.element.shape.files.element.shape.path;

/** Whether a plan can name it and the tools can write it: some names are refused on purpose, as those with characters nobody sees. */
export function isNameable(path: string): boolean {
  const planned = plannedPath.safeParse(path);
  const writable = parseWritablePath(path, 'put', { mayWrite: () => null, planned: [] }, new Map());
  return planned.data === path && pathProblem(path) === null && writable.ok && writable.value === path;
}

/**
 * A plan of one component that lists exactly the commit's paths; written as PLAN.md and read back, as the executor gets it.
 * @param base the paths the executor starts from: some of what the commit made may be there already, and is then modified.
 */
export function planFor(
  commit: PastCommit,
  changes: readonly PathChange[],
  base: Iterable<string>,
): { planFile: string; component: Component } {
  const known = new Set(base);
  const files = changes.flatMap((change) => plannedFiles(change, known));
  const plan: Plan = aPlan([aComponent('replay', { title: `Do what ${commit.sha} did`, files })]);
  const planFile = renderPlanFile(plan, { issue: 1, revision: 1, model: 'a/planner', commit: commit.parent ?? commit.sha });
  const parsed = parsePlanFile(planFile);
  const component = parsed.ok ? parsed.value.plan.components[0] : undefined;
  if (!component) throw new Error(`PLAN.md cannot be read back: ${JSON.stringify(parsed.ok ? [] : parsed.reason.slice(0, 3))}`);
  return { planFile, component };
}

function plannedFiles({ from, to }: PathChange, base: ReadonlySet<string>): PlannedFile[] {
  const files: PlannedFile[] = [];
  const add = (path: string | null | undefined, action: PlannedFile['action']) => {
    if (path && isNameable(path)) files.push({ path, action, change: 'as the commit did' });
  };
  if (from?.name !== to?.name) add(from?.path, 'delete');
  add(to?.path, base.has(to?.path ?? '') ? 'modify' : 'create');
  return files;
}
