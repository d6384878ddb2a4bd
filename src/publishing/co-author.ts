import type { RepositoryForge } from '../ports/forge/forge.ts';

/**
 * The trailer that names the person who asked for the work, as a commit's co-author. Who that is is in the record, which anyone with write
 * access can edit, so that it must be a person who may write here. Null where there is nobody to name.
 */
export async function coAuthorTrailer(
  repo: RepositoryForge,
  requester: string | null,
  mayWrite: (login: string) => Promise<boolean>,
): Promise<string | null> {
  if (requester === null || requester.endsWith('[bot]') || !(await mayWrite(requester))) return null;
  const address = await repo.noReplyAddress(requester);
  return address === null ? null : `Co-authored-by: ${requester} <${address}>`;
}
