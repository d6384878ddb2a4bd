import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { Person } from '../../ports/forge/people.ts';
import { mayWrite } from '../../task/model/authorise.ts';

/**
 * Whose comments count: anyone can comment, and a model may follow what it reads. Each person's permission is read once; bots have
 * none.
 */
export function writeAccessOf(repo: RepositoryForge): (person: Person) => Promise<boolean> {
  const known = new Map<string, boolean>();
  return async ({ login, bot }) => {
    if (bot) return false;
    const answer = known.get(login) ?? mayWrite(await repo.permission(login));
    known.set(login, answer);
    return answer;
  };
}
