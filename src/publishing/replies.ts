import { isReplyTo, isStatusOf, renderReplyMarker } from '../domain/marker.ts';
import type { RepositoryForge } from '../ports/forge.ts';

/** Writes a reply once: the same key on the same conversation, or on one in `orOn`, finds the first, whoever asks again. */
export async function putReply(
  repo: RepositoryForge,
  on: number,
  key: string,
  text: string,
  orOn: readonly number[] = [],
): Promise<void> {
  for (const conversation of new Set([on, ...orOn])) {
    if ((await repo.comments(conversation)).some((c) => c.mine && isReplyTo(c.body, key))) return;
  }
  await repo.createComment(on, `${renderReplyMarker(key)}\n${text}`);
}

/** Brings the one status comment up to date; an unchanged one costs no write. `known` is the comment as it was last seen. */
export async function putStatus(
  repo: RepositoryForge,
  issue: number,
  known: { readonly id: number; readonly body: string } | null,
  body: string,
): Promise<void> {
  const found = known ?? (await repo.comments(issue)).find((c) => c.mine && isStatusOf(c.body, issue)) ?? null;
  if (!found) await repo.createComment(issue, body);
  else if (found.body !== body) await repo.updateComment(found.id, body);
}
