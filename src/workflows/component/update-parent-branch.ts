import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { ComponentWork } from '../../domain/task/work.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { commitChanges, putBranch } from '../../publishing/commit.ts';
import { parentConflicts } from '../../replies/comments/component-news.ts';
import { updateParentCommitMessage } from '../../replies/pages/commit-messages.ts';
import type { CommitRules } from '../../replies/phrases/patterned.ts';
import { openSnapshot } from '../shared/open-snapshot.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import type { ComponentInputs } from './load-inputs.ts';

/** The parent's executor, or a person, may push to it at the same moment. */
const ATTEMPTS = 3;

/**
 * The commit of the parent's branch to be based on. Of two dependencies one may be merged while the other is open on a branch from
 * before the merge, which lacks the merged one's files. So the base branch is first merged into the lowest branch of the stack, and
 * that into the next, up to the parent's. These are merge commits and ordinary fast-forwards, after which each branch's diff is its
 * own as before.
 */
export async function updateParentBranch(
  ports: WorkflowPorts,
  repo: RepositoryForge,
  { parent, needs }: ComponentWork,
  { base, baseCommit, settings, commitRules: rules }: ComponentInputs,
): Promise<Outcome<string>> {
  if (parent === null || needs.length === 0) return success(baseCommit);
  let tip = { name: base.name, sha: base.sha };
  for (const branch of [...parent.below, parent.branch]) {
    const merged = await mergeInto(ports, repo, branch, { tip, needs, rules, signOff: settings.commits.sign_off });
    if (!merged.ok) return merged;
    tip = { name: branch, sha: merged.value };
  }
  return success(tip.sha);
}

/** Merges what is needed into a branch and returns its head; finds the merge of an earlier run. */
async function mergeInto(
  ports: WorkflowPorts,
  repo: RepositoryForge,
  branch: string,
  {
    tip,
    needs,
    rules,
    signOff,
  }: {
    readonly tip: { readonly name: string; readonly sha: string };
    readonly needs: readonly string[];
    readonly rules: CommitRules;
    readonly signOff: boolean;
  },
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
    const commit = await commitChanges(repo, onto, {
      changes,
      message: updateParentCommitMessage(branch, tip.name, rules),
      parents: [head, tip.sha],
      signOff,
    });
    const put = await putBranch(repo, branch, commit, head);
    if (put.ok) return success(commit);
    if (attempt === ATTEMPTS) return put;
  }
}
