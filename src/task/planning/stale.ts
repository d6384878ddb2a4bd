import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { SnapshotError, type Snapshots } from '../../ports/snapshot.ts';
import { baseBranch } from '../model/base-branch.ts';
import type { PlanView } from '../model/view.ts';

/**
 * The files a plan modifies or deletes that have changed since it was made, read from the present base branch. Null
 * when that is unknown: people can edit the plan's header, so the commit in it may be anything.
 */
export async function staleFiles(
  repo: RepositoryForge,
  snapshots: Snapshots,
  { madeAt, file, base }: PlanView,
): Promise<string[] | null> {
  if (madeAt === null || !file?.ok) return null;
  const sha = (await baseBranch(repo, base))?.sha;
  if (sha === undefined) return null;
  if (sha === madeAt) return [];
  try {
    const now = await (await snapshots.open(repo.repository, sha)).entries();
    const then = await (await snapshots.open(repo.repository, madeAt)).entries();
    const touched = file.value.components.flatMap((c) => c.files.filter((f) => f.action !== 'create').map((f) => f.path));
    return [...new Set(touched)].filter((path) => now.get(path)?.oid !== then.get(path)?.oid).sort();
  } catch (error) {
    if (error instanceof SnapshotError) return null;
    throw error;
  }
}
