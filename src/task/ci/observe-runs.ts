import type { Signal } from '../../domain/task/signal.ts';
import { componentWorkflowId } from '../../domain/task/work-id.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import type { RunView, TaskView } from '../model/view.ts';
import { isOpen } from './observe-ci.ts';

/**
 * The runs of `execution.workflow` at the heads of open components, by id: one or two requests for each head that was not dealt
 * with yet.
 */
export async function observeRuns(
  repo: RepositoryForge,
  { task, record, components }: Pick<TaskView, 'task' | 'record' | 'components'>,
  { execution: { workflow } }: Settings,
  signal: Signal,
): Promise<Record<string, RunView>> {
  if (record === null || record.cancelled || !workflow) return {};
  const seen: Record<string, RunView> = {};
  for (const [id, component] of Object.entries(record.components)) {
    const view = components[id];
    const pull = view?.pull;
    if (!view || pull?.state !== 'open' || component.generated.appliedAt.includes(pull.headSha)) continue;
    if (!isOpen(component, view, componentWorkflowId(task, id, component.attempt), signal)) continue;
    const at = { branch: pull.headRef, head: pull.headSha };
    seen[id] = { head: pull.headSha, seen: await repo.workflowRun(workflow, at) };
  }
  return seen;
}
