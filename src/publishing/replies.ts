import { isReplyTo, isStatusOf, renderReplyMarker } from '../domain/task/marker.ts';
import type { RepositoryForge } from '../ports/forge/forge.ts';

/** Writes a reply once: the same key on the same conversation, or on one in `orOn`, finds the first, whoever asks again. Gives its address. */
export async function putReply(
  repo: RepositoryForge,
  on: number,
  key: string,
  text: string,
  orOn: readonly number[] = [],
): Promise<string> {
  for (const conversation of new Set([on, ...orOn])) {
    const said = (await repo.comments(conversation)).find((c) => c.mine && isReplyTo(c.body, key));
    if (said) return said.url;
  }
  return (await repo.createComment(on, `${renderReplyMarker(key)}\n${text}`)).url;
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
