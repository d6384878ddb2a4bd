import { isStatusOf, parseRecord } from '../domain/task/marker.ts';
import type { TaskRecord } from '../domain/task/task-record.ts';
import type { RepositoryForge } from '../ports/forge/forge.ts';
import type { Comment } from '../ports/forge/issues.ts';

/** The one comment in which the App keeps a task's state; null while there is none. */
export const statusCommentOf = (comments: readonly Comment[], issue: number): Comment | null =>
  comments.find((comment) => comment.mine && isStatusOf(comment.body, issue)) ?? null;

/** The task's record as the status comment among these holds it; null when there is none, or none that can be read. */
export function recordIn(comments: readonly Comment[], issue: number): TaskRecord | null {
  const status = statusCommentOf(comments, issue);
  return status && parseRecord(status.body);
}

export const readRecord = async (repo: RepositoryForge, issue: number): Promise<TaskRecord | null> =>
  recordIn(await repo.comments(issue), issue);

/** Brings the one status comment up to date; an unchanged one costs no write. `known` is the comment as it was last seen. */
export async function putStatus(
  repo: RepositoryForge,
  issue: number,
  known: { readonly id: number; readonly body: string } | null,
  body: string,
): Promise<void> {
  const found = known ?? statusCommentOf(await repo.comments(issue), issue);
  if (!found) await repo.createComment(issue, body);
  else if (found.body !== body) await repo.updateComment(found.id, body);
}
