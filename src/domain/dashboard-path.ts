import { parseWorkId, renderWorkId, type WorkId } from './task/work-id.ts';

/** Where the dashboard's pages begin, below its address. */
export const DASHBOARD_PATH = '/dashboard';

interface TaskName {
  readonly owner: string;
  readonly name: string;
  readonly issue: number;
}

export const taskPath = ({ owner, name, issue }: TaskName): string =>
  `${DASHBOARD_PATH}/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/${issue}`;

/** The page of one piece of work's conversation, which is below its task's. */
export function conversationPath(id: WorkId): string {
  const below = taskPath(id);
  switch (id.kind) {
    case 'plan':
      return `${below}/plan/${id.generation}.${id.revision}.${id.attempt}`;
    case 'component':
      return `${below}/component/${id.component}/${id.attempt}`;
    case 'ask':
      return `${below}/ask/${id.comment}`;
    case 'review':
      return `${below}/review/${id.generation}.${id.revision}`;
  }
}

/** What a path names: a task, or a conversation of it. Null for every other path. */
export type DashboardTarget =
  | ({ readonly kind: 'task' } & TaskName)
  | ({ readonly kind: 'conversation'; readonly workflow: string } & TaskName);

const TASK = String.raw`/(?<owner>[A-Za-z0-9_-]{1,39})/(?<name>[A-Za-z0-9._-]{1,100})/(?<issue>[1-9]\d{0,9})`;
const TARGET = new RegExp(`^${DASHBOARD_PATH}${TASK}(?:/(?<work>(?:plan|component|ask|review)/[a-z0-9./-]{1,100}))?$`);

export function parseDashboardPath(path: string): DashboardTarget | null {
  const groups = TARGET.exec(path)?.groups;
  if (!groups) return null;
  const { owner = '', name = '', issue, work } = groups;
  const task: TaskName = { owner, name, issue: Number(issue) };
  if (work === undefined) return { kind: 'task', ...task };
  const [kind = '', ...rest] = work.split('/');
  const key = `${owner}/${name}#${issue}`;
  const workflow = kind === 'component' ? `component:${key}/${rest.join(':')}` : `${kind}:${key}:${rest.join('/')}`;
  const id = parseWorkId(workflow);
  return id !== null && conversationPath(id) === path ? { kind: 'conversation', workflow: renderWorkId(id), ...task } : null;
}
