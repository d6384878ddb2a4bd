import { conversationPath, taskPath } from '../../domain/dashboard-path.ts';
import { parseWorkId } from '../../domain/task/work-id.ts';
import type { DashboardLinks } from '../../replies/pages/component-pull-request.ts';
import type { WorkflowPorts } from './ports.ts';

/** Where the dashboard has a piece of work's task and conversation; null where people cannot reach one. */
export function linksTo({ dashboard }: WorkflowPorts, workflow: string): DashboardLinks | null {
  const id = parseWorkId(workflow);
  return dashboard === null || id === null
    ? null
    : { task: dashboard + taskPath(id), conversation: dashboard + conversationPath(id) };
}
