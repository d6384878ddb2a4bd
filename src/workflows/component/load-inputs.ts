import { parseComponentMarker } from '../../domain/task/marker.ts';
import type { ComponentWork } from '../../domain/task/work.ts';
import { reviseMessage } from '../../executor/prompt.ts';
import { loadPlanFile } from '../../plan-file/load.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { mayMoveBranch } from '../../publishing/own-branch.ts';
import { openPullRequestFrom } from '../../publishing/own-pull-request.ts';
import { readRecord } from '../../publishing/status-comment.ts';
import type { CommitRules } from '../../replies/phrases/patterned.ts';
import { baseIsMissing, branchOfAnother } from '../../replies/phrases/refusals.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import { baseBranch } from '../../task/model/base-branch.ts';
import { loadCommitRules } from '../shared/commit-rules.ts';
import { notVisibleYet } from '../shared/not-visible-yet.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import { loadFailedCiLogs } from './failed-ci-logs.ts';
import { loadReviewRequest, type ReviewRequest } from './review-request.ts';

/** The executor's inputs, read once, so that a restart works from the same. Shas are of commits. */
export interface ComponentInputs {
  readonly settings: Settings;
  readonly commitRules: CommitRules;
  /** PLAN.md. */
  readonly planFile: string;
  /** The branch that the task is for. */
  readonly base: { readonly name: string; readonly sha: string };
  /** The commit the branch is to be based on: the base branch's tip or the parent's. */
  readonly baseCommit: string;
  /**
   * The branch as it is, whoever committed to it; null where there is none yet. Only the engine knows that a commit is this App's
   * own, and it then has this step's result as well: trailers, names and GitHub's signature can all be produced on github.com.
   */
  readonly former: Former | null;
  /** The changes people request on the pull request as it is; null where that is not the job. */
  readonly review: ReviewRequest | null;
  /** The change request as text for the executor; null where the plan says everything. */
  readonly request: string | null;
}

interface Former {
  readonly head: string;
  /** The commit it was built on: everything that differs from it is the component's own. */
  readonly from: string;
  /** The files it was to change according to the plan it was made from. */
  readonly planned: readonly string[];
}

export async function loadComponentInputs(
  ports: WorkflowPorts,
  repo: RepositoryForge,
  work: ComponentWork,
): Promise<ComponentInputs | { unusable: string } | { superseded: string }> {
  const [settings, file, base, head, below] = await Promise.all([
    ports.settings.load(repo),
    repo.file(work.planPath, work.planCommit),
    baseBranch(repo, work.branches.base),
    repo.branchHead(work.branch),
    work.parent === null ? null : repo.branchHead(work.parent.branch),
  ]);
  if (!settings.ok) return { unusable: '`.github/planwright.yml` cannot be used; the status comment says which lines.' };
  if (base === null) return { unusable: baseIsMissing(work.branches.base ?? '') };
  if (file?.sha !== work.blob) return { unusable: 'the approved plan can no longer be found.' };
  const baseCommit = work.parent === null ? base.sha : (below ?? work.parent.sha ?? base.sha);
  const review = await loadReviewRequest(repo, work);
  if (work.job.kind === 'revise' && review === null) return { unusable: 'its pull request is no longer open.' };
  const commitRules = await loadCommitRules(repo, settings.value, work.requester);
  const common = { settings: settings.value, commitRules, planFile: file.text, base, baseCommit, review, request: null };
  // Such work begins with a pull request that was observed, so its branch is not visible yet rather than missing.
  if (head === null && work.job.kind !== 'build') throw notVisibleYet(work.branch);
  if (head === null) return { ...common, former: null };
  if (!(await mayMoveBranch(repo, work.branch))) return { unusable: branchOfAnother(work.branch) };
  const holds = (await repo.mergeBase(baseCommit, head)) === baseCommit;
  const from = holds ? baseCommit : await builtOn(repo, work, head, base.sha);
  const request = await requestOf(repo, work, review, head);
  if (request !== null && typeof request !== 'string') return request;
  const former = { head, from, planned: await formerlyPlanned(repo, work) };
  return { ...common, request, former };
}

async function requestOf(
  repo: RepositoryForge,
  { job, branch }: ComponentWork,
  review: ReviewRequest | null,
  head: string,
): Promise<string | null | { superseded: string }> {
  if (review !== null) return reviseMessage(review.points);
  if (job.kind !== 'fix' && job.kind !== 'generate') return null;
  if (head !== job.head) {
    if ((await repo.mergeBase(head, job.head)) === head) throw notVisibleYet(branch);
    return { superseded: 'its branch has new commits since then.' };
  }
  if (job.kind === 'generate') return null;
  return (await loadFailedCiLogs(repo, job)) ?? { superseded: 'its checks no longer fail.' };
}

/**
 * The commit the branch has in common with its base. The history of a merged parent decides, not that of the base branch, which may
 * contain it squashed or rebased; and where the parent's history was rewritten, the recorded commit is the better answer.
 */
async function builtOn(repo: RepositoryForge, { stack }: ComponentWork, head: string, base: string): Promise<string> {
  if (stack === null) return (await repo.mergeBase(base, head)) ?? base;
  const parent = await repo.pullRequest(stack.pull);
  const common = parent && (await repo.mergeBase(parent.headSha, head));
  if (!common) return stack.sha === null ? ((await repo.mergeBase(base, head)) ?? base) : stack.sha;
  if (stack.sha === null || common === stack.sha) return common;
  return (await repo.mergeBase(stack.sha, common)) === stack.sha ? common : stack.sha;
}

/** The files, from the plan that its pull request says it was made from. */
async function formerlyPlanned(repo: RepositoryForge, { task, branch, component }: ComponentWork): Promise<string[]> {
  const pull = await openPullRequestFrom(repo, branch);
  if (pull === null) return [];
  // People may have rewritten the description, and the marker with it: then the record is used.
  const recorded = async () => (await readRecord(repo, task.issue))?.components[component]?.built?.blob;
  const blob = parseComponentMarker(pull.body)?.blob ?? (await recorded()) ?? null;
  const text = blob === null ? null : await repo.blobText(blob);
  const plan = text === null ? null : await loadPlanFile(text);
  if (!plan?.ok) return [];
  return plan.value.plan.components.find((c) => c.id === component)?.files.map((f) => f.path) ?? [];
}
