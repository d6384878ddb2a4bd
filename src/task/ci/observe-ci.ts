import { failingBelow, type HeadCheck, settledChecks } from '../../domain/task/checks.ts';
import type { ComponentRecord } from '../../domain/task/component-record.ts';
import type { Signal } from '../../domain/task/signal.ts';
import { componentWorkflowId } from '../../domain/task/work-id.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import type { ChecksView, ComponentView, TaskView } from '../model/view.ts';
import { ageOf, checksMatter } from './ci-verdict.ts';

/**
 * The checks at the heads of open components, by id: two requests for each whose checks can make a difference, and none before its
 * grace period is over.
 */
export async function observeCi(
  repo: RepositoryForge,
  { task, at, checksGrace, record, components }: Pick<TaskView, 'task' | 'at' | 'checksGrace' | 'record' | 'components'>,
  settings: Settings,
  signal: Signal,
): Promise<Record<string, ChecksView>> {
  if (record === null || record.cancelled) return {};
  const known = new Map<string, Promise<readonly HeadCheck[]>>();
  const checksAt = (sha: string): Promise<readonly HeadCheck[]> => {
    const found = known.get(sha) ?? repo.foreignChecks(sha);
    known.set(sha, found);
    return found;
  };
  const seen: Record<string, ChecksView> = {};
  for (const [id, component] of Object.entries(record.components)) {
    const view = components[id];
    const pull = view?.pull;
    if (
      !pull ||
      !isOpen(component, view, componentWorkflowId(task, id, component.attempt), signal) ||
      !checksMatter(component, pull, settings.execution)
    )
      continue;
    const age = ageOf(component, pull, at);
    if (age < checksGrace * 1000) continue;
    const found = await checksAt(pull.headSha);
    const isRed = settledChecks(found, age, checksGrace * 1000).kind === 'red';
    const below = isRed ? await checksBelow(repo, pull, checksAt) : [];
    seen[id] = { head: pull.headSha, found, failingBelow: failingBelow(found, below) };
  }
  return seen;
}

/** Open, or about to be: its work has ended, and only this observation will record that. */
export const isOpen = ({ state }: ComponentRecord, { work }: ComponentView, workflow: string, signal: Signal): boolean =>
  state === 'open' ||
  (state === 'running' && (work.kind === 'finished' || (signal.kind === 'finished' && signal.workflow === workflow)));

/**
 * The checks at the present head of its base branch, and at the commit where it branched off: what fails at either is not the
 * component's fault, and an inherited failure does not become its fault when the base is fixed.
 */
async function checksBelow(
  repo: RepositoryForge,
  { baseRef, headSha }: PullRequest,
  checksAt: (sha: string) => Promise<readonly HeadCheck[]>,
): Promise<readonly (readonly HeadCheck[])[]> {
  const tip = await repo.branchHead(baseRef);
  if (tip === null) return [];
  const from = await repo.mergeBase(tip, headSha);
  return Promise.all([...new Set([tip, from ?? tip])].map(checksAt));
}
