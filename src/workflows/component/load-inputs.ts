import { parseComponentMarker } from '../../domain/task/marker.ts';
import type { ComponentWork } from '../../domain/task/work.ts';
import { reviseMessage } from '../../executor/prompt.ts';
import { loadPlanFile } from '../../plan-file/load.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import { isComponentCommitOf } from '../../replies/pages/component-pull-request.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import { loadFailedCiLogs } from './failed-ci-logs.ts';
import { loadReviewRequest, type ReviewRequest } from './review-request.ts';

/** What the executor works from, read once, so that a restart works from the same. Shas are of commits. */
export interface ComponentInputs {
  readonly settings: Settings;
  /** PLAN.md. */
  readonly planFile: string;
  /** The default branch. */
  readonly base: { readonly name: string; readonly sha: string };
  /** What the branch is to stand on: the base branch's tip or the parent's. */
  readonly ground: string;
  /** The branch as it is; null where there is none yet. */
  readonly former: Former | null;
  /** What people ask of the pull request as it stands; null where that is not the job. */
  readonly review: ReviewRequest | null;
  /** What is asked of the pull request as it stands, as the executor is told; null where the plan says it all. */
  readonly request: string | null;
  /** The branch's head, when an earlier run of this very work had made it already. */
  readonly made: string | null;
  /** What that was built on. */
  readonly madeFrom: string | null;
}

interface Former {
  readonly head: string;
  /** What it was built on: all that differs from this is the component's own. */
  readonly from: string;
  /** The files it was to have by the plan it was made from. */
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
    repo.defaultBranch(),
    repo.branchHead(work.branch),
    work.on === null ? null : repo.branchHead(work.on.branch),
  ]);
  if (!settings.ok) return { unusable: '`.github/planwright.yml` cannot be used; the status comment says which lines.' };
  if (file?.sha !== work.blob) return { unusable: 'the approved PLAN.md cannot be found any more.' };
  const ground = work.on === null ? base.sha : (below ?? work.on.sha);
  const review = await loadReviewRequest(repo, work);
  if (work.job.kind === 'revise' && review === null) return { unusable: 'its pull request is not open any more.' };
  const common = { settings: settings.value, planFile: file.text, base, ground, review, request: null };
  if (head === null) return { ...common, former: null, made: null, madeFrom: null };
  const holds = (await repo.mergeBase(ground, head)) === ground;
  const from = holds ? ground : await builtOn(repo, work, head, base.sha);
  if (isComponentCommitOf((await repo.commit(head)).message, work))
    return { ...common, former: null, made: head, madeFrom: from };
  const request = await requestOf(repo, work, review, head);
  if (request !== null && typeof request !== 'string') return request;
  const former = { head, from, planned: await formerlyPlanned(repo, work) };
  return { ...common, request, former, made: null, madeFrom: null };
}

async function requestOf(
  repo: RepositoryForge,
  { job }: ComponentWork,
  review: ReviewRequest | null,
  head: string,
): Promise<string | null | { superseded: string }> {
  if (review !== null) return reviseMessage(review.points);
  if (job.kind !== 'fix') return null;
  if (head !== job.head) return { superseded: 'its branch has moved on since its checks failed.' };
  return (await loadFailedCiLogs(repo, job)) ?? { superseded: 'its checks do not fail any more.' };
}

/**
 * The commit the branch has in common with what it stands on. A merged parent's own history is asked, not the base branch's, which holds
 * it squashed or rebased perhaps; and where the parent's history was rewritten, what was recorded knows better.
 */
async function builtOn(repo: RepositoryForge, { stack }: ComponentWork, head: string, base: string): Promise<string> {
  if (stack === null) return (await repo.mergeBase(base, head)) ?? base;
  const parent = await repo.pullRequest(stack.pull);
  const common = parent && (await repo.mergeBase(parent.headSha, head));
  if (!common) return stack.sha === '' ? ((await repo.mergeBase(base, head)) ?? base) : stack.sha;
  if (stack.sha === '' || common === stack.sha) return common;
  return (await repo.mergeBase(stack.sha, common)) === stack.sha ? common : stack.sha;
}

/** From the plan its pull request says it was made from. */
async function formerlyPlanned(repo: RepositoryForge, { branch, component }: ComponentWork): Promise<string[]> {
  const pull: PullRequest | undefined = (await repo.pullRequestsFrom(branch)).find((p) => p.mine && p.state === 'open');
  const marker = pull ? parseComponentMarker(pull.body) : null;
  const text = marker && (await repo.blobText(marker.blob));
  const plan = text === null ? null : await loadPlanFile(text);
  if (!plan?.ok) return [];
  return plan.value.plan.components.find((c) => c.id === component)?.files.map((f) => f.path) ?? [];
}
