import type { Component } from '../domain/plan.ts';
import type { RepositoryRef } from '../domain/repository.ts';
import { outOfScope } from '../domain/scope.ts';
import type { RepositoryForge } from '../ports/forge.ts';
import { outsideScope, withinScope } from '../replies/checks.ts';
import type { Settings } from '../settings/repository-settings.ts';
import { scopePolicyOf } from '../task/scope-policy.ts';
import { openSnapshot } from './open-snapshot.ts';
import type { WorkflowPorts } from './ports.ts';

/** Reports the check `planwright / scope` at a head: every file that differs from what the branch stands on, by the approved plan. */
export async function checkScope(
  ports: WorkflowPorts,
  repo: RepositoryForge,
  issue: number,
  component: Component,
  { head, from }: { readonly head: string; readonly from: string },
  settings: Settings,
): Promise<void> {
  const changed = await pathsChanged(ports, repo.repository, from, head);
  const policy = scopePolicyOf(settings, issue);
  const outside = changed.flatMap((path) => {
    const reason = outOfScope(component, settings.execution.extra_paths, path, policy);
    return reason === null ? [] : [{ path, reason: `${path} ${reason}.` }];
  });
  await repo.reportCheck(head, outside.length > 0 ? outsideScope(outside) : withinScope(changed.length));
}

/** Read from the published commits themselves, not from what we meant to publish. */
async function pathsChanged(ports: WorkflowPorts, repository: RepositoryRef, from: string, head: string): Promise<string[]> {
  const before = await (await openSnapshot(ports, repository, from)).entries();
  const after = await (await openSnapshot(ports, repository, head)).entries();
  const paths = new Set([...after.keys(), ...before.keys()]);
  return [...paths].filter((p) => after.get(p)?.oid !== before.get(p)?.oid || after.get(p)?.mode !== before.get(p)?.mode).sort();
}
