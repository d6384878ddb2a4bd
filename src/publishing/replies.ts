import { isReplyTo, renderReplyMarker } from '../domain/task/marker.ts';
import type { RepositoryForge } from '../ports/forge/forge.ts';

/** `orOn`: other conversations in which the same key counts as posted. */
export interface Reply {
  readonly key: string;
  readonly text: string;
  readonly orOn?: readonly number[] | undefined;
}

/** Posts a reply once: the same key in the same conversation finds the first. Returns its address. */
export async function putReply(repo: RepositoryForge, on: number, { key, text, orOn = [] }: Reply): Promise<string> {
  for (const conversation of new Set([on, ...orOn])) {
    const said = (await repo.comments(conversation)).find((c) => c.mine && isReplyTo(c.body, key));
    if (said) return said.url;
  }
  return (await repo.createComment(on, `${renderReplyMarker(key)}\n${text}`)).url;
}
