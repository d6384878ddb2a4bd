import { parseBranchName } from '../../domain/task/branch-name.ts';
import type { ComponentRecord } from '../../domain/task/component-record.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import { SnapshotError, type Snapshots } from '../../ports/snapshot.ts';
import { mayWrite } from '../model/authorise.ts';
import { baseBranch } from '../model/base-branch.ts';
import { isOnBase } from '../model/observe-merge.ts';
import type { Closing, ComponentView, Landing } from '../model/view.ts';

interface Component {
  readonly pull: PullRequest | null;
  /** Undefined where the record was lost. */
  readonly component: ComponentRecord | undefined;
  /** The pull requests of the whole task, by component id. */
  readonly pulls: ReadonlyMap<string, PullRequest | null>;
  /** Those of the components that depend on it. */
  readonly above: readonly PullRequest[];
  /** The branch the task is for; null: the default branch. */
  readonly base: string | null;
}

type End = Pick<ComponentView, 'landing' | 'closing' | 'landedAt'>;

const NO_END: End = { landing: null, closing: null, landedAt: null };

/** How a component's pull request ended, if it did: merged, landed in some other way, or closed, and by whose decision. */
export async function observeEnd(
  repo: RepositoryForge,
  snapshots: Snapshots,
  { pull, component, pulls, above, base }: Component,
): Promise<End> {
  if (pull === null || pull.state === 'open') return NO_END;
  if (pull.merged) {
    const landing = await landingOf(repo, pull, { pulls, base });
    const landedAt = landing === 'astray' ? await landedOn(repo, snapshots, { pull, base }) : null;
    return { ...NO_END, landing: landedAt === null ? landing : 'landed', landedAt };
  }
  // This is known already; components built on it need a commit that contains it.
  if (component?.state === 'merged')
    return { ...NO_END, landing: 'landed', landedAt: (await baseBranch(repo, base))?.sha ?? null };
  if (component?.state === 'dropped' && component.removedByPlan) return NO_END;
  const landedAt =
    (await landedOn(repo, snapshots, { pull, base })) ?? (await landedInside(repo, snapshots, { pull, pulls, above, base }));
  if (landedAt !== null) return { ...NO_END, landing: 'landed', landedAt };
  // One that is held by a dropped component had an open pull request when that was dropped.
  const isDecidedAlready = component?.state === 'dropped' || (component?.state === 'held' && component.heldBy === null);
  return isDecidedAlready ? NO_END : { ...NO_END, closing: await closingOf(repo, pull) };
}

/** A stacked pull request that is merged before its parent is merged into the parent's branch; it lands when the parent does. */
async function landingOf(
  repo: RepositoryForge,
  pull: PullRequest,
  { pulls, base }: Pick<Component, 'pulls' | 'base'>,
): Promise<Landing> {
  const below = [...pulls.values()].find((other) => other?.headRef === pull.baseRef) ?? null;
  // A branch of this App's may have been merged into the base since: what came after that is not there.
  if (below === null)
    return pull.baseRef === base || (!parseBranchName(pull.baseRef) && (await isOnBase(repo, pull, base))) ? 'landed' : 'astray';
  if (below.state === 'open') return 'with-parent';
  if (!below.merged || pull.mergeCommit === null) return 'astray';
  // If it was merged after its parent, it is on a branch that will not be merged again.
  const came = (await repo.mergeBase(pull.mergeCommit, below.headSha)) === pull.mergeCommit;
  return came ? landingOf(repo, below, { pulls, base }) : 'astray';
}

/**
 * The base branch's tip, where merging the pull request into it would change nothing: a merge queue landed it as a squash, or a
 * person by hand, and both close the pull request without GitHub calling it merged. Null where something is left to merge, or where
 * that is unknown.
 */
async function landedOn(
  repo: RepositoryForge,
  snapshots: Snapshots,
  { pull: { headSha }, base: name }: { readonly pull: PullRequest; readonly base: string | null },
): Promise<string | null> {
  const sha = (await baseBranch(repo, name))?.sha;
  if (sha === undefined) return null;
  const from = await repo.mergeBase(sha, headSha);
  if (from === null) return null;
  if (from === headSha) return sha;
  // The base branch has not changed since the pull request branched off.
  if (from === sha) return null;
  try {
    const [onto, base, own] = [
      await snapshots.open(repo.repository, sha),
      await snapshots.open(repo.repository, from),
      await snapshots.open(repo.repository, headSha),
    ];
    const { changes, conflicts } = await onto.merge(base, { snapshot: own, name: 'component' }, 'base');
    return changes.length === 0 && conflicts.length === 0 ? sha : null;
  } catch (error) {
    if (error instanceof SnapshotError) return null;
    throw error;
  }
}

/**
 * The same where a pull request that is stacked on this one, and contains it as it is, has landed: a queue may land a stack in one push, and
 * what the upper ones have made of this one's files is no conflict with it.
 */
async function landedInside(
  repo: RepositoryForge,
  snapshots: Snapshots,
  { pull, pulls, above, base }: Omit<Component, 'pull' | 'component'> & { readonly pull: PullRequest },
): Promise<string | null> {
  for (const other of above) {
    if (other.state === 'open' || (await repo.mergeBase(pull.headSha, other.headSha)) !== pull.headSha) continue;
    const isMerged = other.merged && (await landingOf(repo, other, { pulls, base })) === 'landed';
    const landedAt = isMerged
      ? ((await baseBranch(repo, base))?.sha ?? null)
      : await landedOn(repo, snapshots, { pull: other, base });
    if (landedAt !== null) return landedAt;
  }
  return null;
}

async function closingOf(repo: RepositoryForge, pull: PullRequest): Promise<Closing> {
  // When a branch is deleted, GitHub closes the pull requests into it, in the name of the person who deleted it.
  if ((await repo.branchHead(pull.baseRef)) === null) return { kind: 'base_deleted' };
  const issue = await repo.issue(pull.number);
  const by = issue === null || issue === 'gone' ? null : issue.closedBy;
  if (by === null) return { kind: 'unknown' };
  if (by.bot) return { kind: 'by_bot', by: by.login };
  return mayWrite(await repo.permission(by.login)) ? { kind: 'decided' } : { kind: 'by_stranger', by: by.login };
}
