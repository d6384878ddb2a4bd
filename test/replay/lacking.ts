import { type PastCommit, placesIn } from './history.ts';
import { EMPTY_BLOB, type TreeEntry } from './put-tree.ts';
import type { Source } from './source.ts';

/** The contents a partial copy of a repository does not have, of all that is in these commits and their parents. */
export async function lackingIn(source: Source, commits: readonly PastCommit[]): Promise<ReadonlySet<string>> {
  const ids = commits.flatMap(({ sha, parent }) => [sha, ...(parent === null ? [] : [parent])]);
  const walk = ['rev-list', '--objects', '--no-object-names', '--missing=print', '--no-walk', '--stdin'];
  const listed = (await source.git(walk, `${ids.join('\n')}\n`)).toString();
  return new Set(listed.split('\n').flatMap((line) => (line.startsWith('?') ? [line.slice(1)] : [])));
}

/** Empty files in the place of what is lacking: a commit that is not whole can be neither fetched nor published. */
export async function standIns(source: Source, treeish: string | null, lacking: ReadonlySet<string>): Promise<TreeEntry[]> {
  if (treeish === null || lacking.size === 0) return [];
  return (await placesIn(source, treeish)).filter(({ oid }) => lacking.has(oid)).map((entry) => ({ ...entry, oid: EMPTY_BLOB }));
}
