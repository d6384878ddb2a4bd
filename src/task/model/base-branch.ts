import type { RepositoryForge } from '../../ports/forge/forge.ts';

/** The branch that a task is for, and its present tip. */
export type BaseBranch = Awaited<ReturnType<RepositoryForge['defaultBranch']>>;

/** Null where it is gone. @param base its name; null: the default branch, whatever it is called now. */
export async function baseBranch(
  repo: Pick<RepositoryForge, 'defaultBranch' | 'branchHead'>,
  base: string | null,
): Promise<BaseBranch | null> {
  if (base === null) return repo.defaultBranch();
  const sha = await repo.branchHead(base);
  return sha === null ? null : { name: base, sha };
}
