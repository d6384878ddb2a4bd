import { isReplyTo, isStatusOf, renderReplyMarker } from '../domain/marker.ts';
import type { RepositoryForge } from '../ports/forge.ts';

/** Writes a reply once: the same key on the same conversation finds the first, whoever asks again. */
export async function putReply(repo: RepositoryForge, on: number, key: string, text: string): Promise<void> {
  const there = (await repo.comments(on)).some((c) => c.mine && isReplyTo(c.body, key));
  if (!there) await repo.createComment(on, `${renderReplyMarker(key)}\n${text}`);
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
