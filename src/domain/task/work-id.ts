import { type TaskRef, taskKey } from './task.ts';

/**
 * The workflow id of a piece of work in the engine. It is a function of the task, so starting the same work twice finds the first;
 * installations change, so the id does not contain the installation's.
 */
export type WorkId =
  | (OfTask & { readonly kind: 'plan'; readonly generation: number; readonly revision: number; readonly attempt: number })
  | (OfTask & { readonly kind: 'component'; readonly component: string; readonly attempt: number })
  | (OfTask & { readonly kind: 'ask'; readonly comment: number })
  | (OfTask & { readonly kind: 'review'; readonly generation: number; readonly revision: number });

interface OfTask {
  readonly owner: string;
  readonly name: string;
  readonly issue: number;
}

export function renderWorkId(id: WorkId): string {
  const task = `${id.owner}/${id.name}#${id.issue}`;
  switch (id.kind) {
    case 'plan':
      return `plan:${task}:${id.generation}.${id.revision}.${id.attempt}`;
    case 'component':
      return `component:${task}/${id.component}:${id.attempt}`;
    case 'ask':
      return `ask:${task}:${id.comment}`;
    case 'review':
      return `review:${task}:${id.generation}.${id.revision}`;
  }
}

const TASK = String.raw`(?<owner>[^/:#]+)/(?<name>[^/:#]+)#(?<issue>\d+)`;
const PATTERNS = {
  plan: new RegExp(String.raw`^plan:${TASK}:(?<generation>\d+)\.(?<revision>\d+)\.(?<attempt>\d+)$`),
  component: new RegExp(String.raw`^component:${TASK}/(?<component>[a-z0-9-]+):(?<attempt>\d+)$`),
  ask: new RegExp(String.raw`^ask:${TASK}:(?<comment>\d+)$`),
  review: new RegExp(String.raw`^review:${TASK}:(?<generation>\d+)\.(?<revision>\d+)$`),
};

/** Null for everything else that the engine runs: signals, pushes, the pull requests of others. */
export function parseWorkId(text: string): WorkId | null {
  for (const [kind, pattern] of Object.entries(PATTERNS)) {
    const groups = pattern.exec(text)?.groups;
    if (!groups) continue;
    const { owner, name, component, ...numbers } = groups;
    const counted = Object.fromEntries(Object.entries(numbers).map(([key, digits]) => [key, Number(digits)]));
    return { kind, owner, name, ...(component === undefined ? {} : { component }), ...counted } as WorkId;
  }
  return null;
}

const ofTask = ({ repository: { owner, name }, issue }: TaskRef): OfTask => ({ owner, name, issue });

export const planWorkflowId = (task: TaskRef, revision: number, generation: number, attempt: number): string =>
  renderWorkId({ kind: 'plan', ...ofTask(task), revision, generation, attempt });

export const componentWorkflowId = (task: TaskRef, component: string, attempt: number): string =>
  renderWorkId({ kind: 'component', ...ofTask(task), component, attempt });

export const askWorkflowId = (task: TaskRef, comment: number): string => renderWorkId({ kind: 'ask', ...ofTask(task), comment });

export const reviewWorkflowId = (task: TaskRef, revision: number, generation: number): string =>
  renderWorkId({ kind: 'review', ...ofTask(task), revision, generation });

/**
 * The id of an observation that follows after a while, at this head of a component's pull request: when the grace period for its checks is
 * over, for example. `seen` tells apart those at one head.
 */
export const recheckId = (task: TaskRef, component: string, head: { readonly sha: string; readonly seen: string }): string =>
  `look:${taskKey(task)}/${component}:${head.sha}:${head.seen}`;

/** What the ids of all work on a task begin with. */
export const workflowIdPrefixes = (task: TaskRef): readonly string[] => [
  `plan:${taskKey(task)}:`,
  `component:${taskKey(task)}/`,
  `ask:${taskKey(task)}:`,
  `review:${taskKey(task)}:`,
];
