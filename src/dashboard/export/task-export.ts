import type { TaskRef } from '../../domain/task/task.ts';
import type {
  HistoryReader,
  ListedAudit,
  ListedConversation,
  ListedTask,
  TaskDetails,
  TranscriptTurn,
  Visible,
} from '../../ports/history.ts';

/** Everything that is kept of one task. */
export interface TaskExport {
  readonly task: ListedTask & TaskDetails;
  readonly audit: readonly ListedAudit[];
  readonly spending: readonly { readonly at: number; readonly usd: number }[];
  readonly conversations: readonly (ListedConversation & { readonly transcript: readonly Omit<TranscriptTurn, 'task'>[] })[];
}

const AUDIT_MAX = 5_000;

type Name = TaskRef['repository'] extends infer R ? Omit<R, 'installation'> & { readonly issue: number } : never;

/** Null: there is no such task. */
export async function gatherTask(reader: HistoryReader, name: Name, visible: Visible): Promise<TaskExport | null> {
  const task = await reader.task(name, visible);
  if (task === null) return null;
  const [listed, spending, audit] = await Promise.all([
    reader.conversations(task.task, visible),
    reader.spending(task.task, visible),
    reader.audit({ visible, task: name, since: null, before: null, limit: AUDIT_MAX }),
  ]);
  const conversations: TaskExport['conversations'][number][] = [];
  // One after the other: each may be megabytes.
  for (const one of listed) conversations.push({ ...one, transcript: await reader.transcript(one.workflow, visible) });
  return { task, audit: [...audit].reverse(), spending, conversations };
}

/** For programs: `version` changes when a field changes its meaning. */
export const exportJson = (exported: TaskExport): string => `${JSON.stringify({ version: 1, ...exported }, null, 2)}\n`;
