import { unplannedAction } from '../../domain/change/planned-action.ts';
import { scopeViolation } from '../../domain/change/scope.ts';
import type { Component } from '../../domain/plan/plan.ts';
import type { TaskRef } from '../../domain/task/task.ts';
import { loadPlanFile } from '../../plan-file/load.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import {
  onlyPlanFileChanged,
  otherFilesInPlanPull,
  outsideScope,
  scopeUnknown,
  unrelated,
  withinScope,
} from '../../replies/checks/own-checks.ts';
import { writablePathsOf } from '../../settings/generated-paths.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import { scopePolicyOf } from '../../settings/scope-policy.ts';
import type { Action } from '../../task/model/action.ts';
import { baseBranch } from '../../task/model/base-branch.ts';
import { changesBetween } from './changes-between.ts';
import type { WorkflowPorts } from './ports.ts';

/**
 * Reports the check `planwright / scope` at a head: every file that differs from the branch's base, by the approved plan. The
 * first of the components is the branch's own, the others were merged into it.
 */
export async function checkScope(
  ports: WorkflowPorts,
  repo: RepositoryForge,
  {
    issue,
    components,
    settings,
  }: { readonly issue: number; readonly components: readonly Component[]; readonly settings: Settings },
  {
    head,
    from,
    spec,
    again,
  }: { readonly head: string; readonly from: string; readonly spec: string; readonly again?: true | undefined },
): Promise<void> {
  const { changes, before } = await changesBetween(ports, repo.repository, { from, head });
  const policy = scopePolicyOf(settings, issue);
  const writable = writablePathsOf(settings);
  const outside = changes.flatMap(({ path, content }) => {
    const presence = { before: before.has(path), after: content !== null };
    const [reason, ...others] = components.map(
      (c) => scopeViolation(c, writable, path, policy) ?? unplannedAction(c, path, presence),
    );
    return reason == null || others.includes(null) ? [] : [{ path, reason }];
  });
  const [{ id } = { id: '' }] = components;
  const report = outside.length > 0 ? outsideScope(id, spec, outside) : withinScope(id, spec, changes.length);
  await repo.reportCheck(head, report, again);
}

/** The same for a head that another author pushed: its history tells what it is based on. */
export async function checkPushedScope(
  ports: WorkflowPorts,
  { repository, issue }: TaskRef,
  { head, base, branches, blob, spec, components: ids, again }: Extract<Action, { kind: 'check_scope' }>,
): Promise<void> {
  const repo = ports.forge.repository(repository);
  const settings = await ports.settings.load(repo);
  // Without settings it is unknown what is protected; the check stays open until they are fixed.
  if (!settings.ok) return;
  const text = await repo.blobText(blob);
  const parsed = text === null ? null : await loadPlanFile(text);
  const components = parsed?.ok ? parsed.value.plan.components : [];
  const planned = ids.flatMap((id) => components.filter((c) => c.id === id));
  const [own = ''] = ids;
  if (planned[0]?.id !== own) return repo.reportCheck(head, scopeUnknown(own, spec, blob), again);
  const from = await branchedAt(repo, { base, baseName: branches.base }, head);
  // Neither the branch it is to be merged into nor the one the task is for is there: what it changes is unknown.
  if (from === null) return repo.reportCheck(head, scopeUnknown(own, spec, blob), again);
  await checkScope(ports, repo, { issue, components: planned, settings: settings.value }, { head, from, spec, again });
}

/** For the plan's pull request: it may contain nothing but the plan, because people merge it as a text they have read. */
export async function checkPlanScope(
  repo: RepositoryForge,
  {
    head,
    base,
    baseName,
    path,
    again,
  }: {
    readonly head: string;
    readonly base: string;
    readonly baseName: string | null;
    readonly path: string;
    readonly again?: true | undefined;
  },
): Promise<void> {
  // One file is expected, and GitHub's own list of changed files costs no fetch. A base branch that was renamed meanwhile is known
  // by its new name.
  const now = async () => (await baseBranch(repo, baseName))?.name ?? base;
  const changed = (await repo.changedPaths(base, head)) ?? (await repo.changedPaths(await now(), head));
  if (changed === null) return repo.reportCheck(head, unrelated(path), again);
  const others = changed.filter((other) => other !== path).sort();
  const report = others.length > 0 ? otherFilesInPlanPull(path, others) : onlyPlanFileChanged(path);
  await repo.reportCheck(head, report, again);
}

/**
 * The commit where a head branched off its base; the base's tip where they share nothing, so that all of it counts as changed. Null where
 * there is no base.
 */
async function branchedAt(
  repo: RepositoryForge,
  { base, baseName }: { readonly base: string; readonly baseName: string | null },
  head: string,
): Promise<string | null> {
  const tip = (await repo.branchHead(base)) ?? (await baseBranch(repo, baseName))?.sha ?? null;
  if (tip === null) return null;
  return (await repo.mergeBase(tip, head)) ?? tip;
}
