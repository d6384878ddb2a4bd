import { isReplyTo, isStatusOf, renderReplyMarker } from '../domain/task/marker.ts';
import type { RepositoryForge } from '../ports/forge/forge.ts';

/** `orOn`: other conversations in which the same key counts as said. */
export interface Reply {
  readonly key: string;
  readonly text: string;
  readonly orOn?: readonly number[] | undefined;
}

/** Writes a reply once: the same key in the same conversation finds the first, however often it is written. Returns its address. */
export async function putReply(repo: RepositoryForge, on: number, { key, text, orOn = [] }: Reply): Promise<string> {
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
