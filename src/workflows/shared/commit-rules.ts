import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { coAuthorTrailer } from '../../publishing/co-author.ts';
import type { CommitRules } from '../../replies/phrases/patterned.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import { mayWrite } from '../../task/model/authorise.ts';

/** What the repository's settings want of the commits of one task. Reads GitHub only where they ask for a co-author. */
export async function loadCommitRules(
  repo: RepositoryForge,
  { commits }: Settings,
  requester: string | null,
): Promise<CommitRules> {
  const coAuthor =
    commits.co_author === 'none'
      ? null
      : await coAuthorTrailer(repo, requester, async (login) => mayWrite(await repo.permission(login)));
  return { pattern: commits.message, trailers: coAuthor === null ? [] : [coAuthor] };
}
