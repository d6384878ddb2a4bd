import { isReplyTo, renderReplyMarker } from '../domain/task/marker.ts';
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
