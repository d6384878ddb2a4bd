import { isUtf8 } from 'node:buffer';
import type { ChangeSet, FileChange } from '../domain/change/change-set.ts';
import { failure, type Outcome, success } from '../domain/outcome.ts';
import type { RepositoryForge } from '../ports/forge/forge.ts';
import type { TreeChange } from '../ports/forge/git-data.ts';
import type { Snapshot } from '../ports/snapshot.ts';

/** Text up to this many bytes travels inside the tree request; larger or other content is uploaded as a blob first. */
const INLINE_MAX = 100_000;

/** `parents` of a merge, or of a commit on a branch that contains the snapshot already. */
interface CommitText {
  readonly changes: ChangeSet;
  readonly message: string;
  readonly parents?: readonly string[];
  /** Whether a trailer says that the App itself signs off what it has made. */
  readonly signOff: boolean;
}

/**
 * Commits a change set on top of a snapshot through the Git Data API and returns the commit's id; no branch moves. GitHub's tree
 * must have the very id computed here, else something on the way changed bytes, and nothing may be published.
 */
export async function commitChanges(
  repo: RepositoryForge,
  base: Snapshot,
  { changes, message, parents = [base.commit], signOff }: CommitText,
): Promise<string> {
  const expected = await base.treeWith(changes);
  const entries: TreeChange[] = [];
  for (const change of deletionsFirst(changes)) entries.push(await treeEntry(repo, change));
  // GitHub refuses a tree without entries.
  const tree = entries.length === 0 ? base.tree : await repo.createTree(base.tree, entries);
  if (tree !== expected) throw new Error(`GitHub built tree ${tree} where ${expected} was computed; nothing was published`);
  const commit = await repo.createCommit({ message, tree, parents, signOff });
  await base.adopt(commit, tree);
  return commit;
}

/** GitHub does not say in which order it applies them, and a file can only take the place of a directory that is gone. */
const deletionsFirst = (changes: ChangeSet): ChangeSet => [
  ...changes.filter(({ content }) => content === null),
  ...changes.filter(({ content }) => content !== null),
];

async function treeEntry(repo: RepositoryForge, { path, mode, content }: FileChange): Promise<TreeChange> {
  if (content === null) return { path, mode, content: null };
  const inline = content.length <= INLINE_MAX && isUtf8(content) && !content.includes(0);
  return { path, mode, content: inline ? { text: content.toString('utf8') } : { blob: await repo.createBlob(content) } };
}

/**
 * Points a branch at a commit: creates it, or moves it forward. A branch that is already at the commit is fine; one that was moved by
 * another author is left alone. `created`: GitHub answered that this very call made it.
 * @param parent the head that the commit was made on top of; null: there was no such branch, and one that appeared since is another
 * author's unless it is at this very commit.
 */
export async function putBranch(
  repo: RepositoryForge,
  branch: string,
  commit: string,
  parent: string | null,
): Promise<Outcome<'created' | 'there'>> {
  if ((await repo.createBranch(branch, commit)) === 'created') return success('created');
  const head = await repo.branchHead(branch);
  if (head === commit) return success('there');
  if (parent !== null && head === parent && (await repo.advanceBranch(branch, commit)) === 'moved') return success('there');
  return failure(
    `the branch \`${branch}\` was changed by another author in the meantime. Check its changes or delete it, then try again.`,
  );
}
