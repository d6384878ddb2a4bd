import { isReplyTo, renderReplyMarker } from '../domain/task/marker.ts';
import type { RepositoryForge } from '../ports/forge/forge.ts';

/**
 * Answers conversations on a pull request's lines once: the same key in the same conversation finds the first.
 * @param answers by the id of the conversation's first comment; one that was deleted is skipped.
 */
export async function putThreadAnswers(
  repo: RepositoryForge,
  pull: number,
  key: string,
  answers: ReadonlyMap<number, string>,
): Promise<void> {
  if (answers.size === 0) return;
  for (const { comments } of await repo.reviewThreads(pull)) {
    const text = answers.get(comments[0].id);
    if (text === undefined || comments.some((c) => c.mine && isReplyTo(c.body, key))) continue;
    await repo.replyToReviewComment(pull, comments[0].id, `${renderReplyMarker(key)}\n${text}`);
  }
}
