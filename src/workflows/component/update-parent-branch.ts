import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { ComponentWork } from '../../domain/task/work.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { commitChanges, putBranch } from '../../publishing/commit.ts';
import { parentConflicts } from '../../replies/comments/component-news.ts';
import { updateParentCommitMessage } from '../../replies/pages/component-pull-request.ts';
import { openSnapshot } from '../shared/open-snapshot.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import type { ComponentInputs } from './load-inputs.ts';

/** Its executor, or a person, may push to the parent at the same moment. */
const ATTEMPTS = 3;

/**
 * The commit of the parent's branch to stand on. Of two dependencies one may be merged and the other open on a branch from before that:
 * there the merged one's files are not to be found. So the base branch is first brought into the lowest branch of the stack, and that
 * into the next, up to the parent's: merge commits and ordinary fast-forwards, after which the diff of each is its own as before.
 */
export async function updateParentBranch(
  ports: WorkflowPorts,
  repo: RepositoryForge,
  { on, needs }: ComponentWork,
  { base, ground }: ComponentInputs,
): Promise<Outcome<string>> {
  if (on === null || needs.length === 0) return success(ground);
  let tip = { name: base.name, sha: base.sha };
  for (const branch of [...on.below, on.branch]) {
    const brought = await bringInto(ports, repo, branch, tip, needs);
    if (!brought.ok) return brought;
    tip = { name: branch, sha: brought.value };
  }
  return success(tip.sha);
}

/** The branch's head, which holds what is needed from then on; finds what an earlier run of it did. */
async function bringInto(
  ports: WorkflowPorts,
  repo: RepositoryForge,
  branch: string,
  tip: { readonly name: string; readonly sha: string },
  needs: readonly string[],
): Promise<Outcome<string>> {
  for (let attempt = 1; ; attempt++) {
    const head = await repo.branchHead(branch);
    if (head === null) return failure(`the branch \`${branch}\` is gone.`);
    const held = await Promise.all(needs.map(async (commit) => (await repo.mergeBase(commit, head)) === commit));
    if (held.every(Boolean)) return success(head);
    const [onto, from, own] = await Promise.all(
      [tip.sha, (await repo.mergeBase(tip.sha, head)) ?? tip.sha, head].map((sha) => openSnapshot(ports, repo.repository, sha)),
    );
    if (!onto || !from || !own) throw new Error('three commits were opened');
    const { changes, conflicts } = await onto.merge(from, { snapshot: own, name: branch }, tip.name);
    if (conflicts.length > 0) return failure(parentConflicts(branch, conflicts, tip.name));
    const commit = await commitChanges(repo, onto, changes, updateParentCommitMessage(branch, tip.name), [head, tip.sha]);
    const put = await putBranch(repo, branch, commit, head);
    if (put.ok) return success(commit);
    if (attempt === ATTEMPTS) return put;
  }
}
