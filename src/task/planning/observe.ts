import { type BranchName, renderBranchName } from '../../domain/task/branch-name.ts';
import type { TaskBranches } from '../../domain/task/task-branches.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import { loadPlanFile } from '../../plan-file/load.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { identityOf } from '../../ports/forge/people.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import type { Review } from '../../ports/forge/reviews.ts';
import { newestPullRequestFrom } from '../../publishing/own-pull-request.ts';
import { PLAN_SCOPE_ID, planCheckId } from '../../replies/checks/own-checks.ts';
import { mayWrite } from '../model/authorise.ts';
import { observeClosing } from '../model/observe-closing.ts';
import { isOnBase } from '../model/observe-merge.ts';
import type { Closing, PlanView, Verdict } from '../model/view.ts';
import { observeOwnChecks } from '../own-checks/observe.ts';

/** The plan's pull request, the file at its head, the checks there and the reviews. Null when there is none. */
export async function observePlan(
  repo: RepositoryForge,
  issue: number,
  { path, record, branches }: { readonly path: string; readonly record: TaskRecord | null; readonly branches: TaskBranches },
): Promise<Omit<PlanView, 'commands'> | null> {
  const found = await findPlan(repo, issue, { record, prefix: branches.prefix });
  if (!found) return null;
  const { pull, branch } = found;
  const [file, checks, reviews] = await Promise.all([
    repo.file(path, pull.headSha),
    observeOwnChecks(repo, pull.headSha),
    repo.reviews(pull.number),
  ]);
  const { base = branches.base, ...text } = await planOf(file);
  return {
    pull,
    mergedElsewhere: pull.merged && !(await isOnBase(repo, pull, base)),
    base,
    branch,
    path,
    blob: file?.sha ?? null,
    ...text,
    check: checks.plan?.externalId === planCheckId(file?.sha ?? null) ? checks.plan : null,
    scope: checks.scope?.externalId === PLAN_SCOPE_ID ? checks.scope : null,
    verdicts: await verdicts(repo, reviews, { pull, path, headBlob: file?.sha ?? null }),
    reviews: reviews.map(({ id, state }) => ({ id, state })),
    closing: pull.state === 'closed' && !pull.merged ? await closingOf(repo, pull) : null,
  };
}

/**
 * Closed by this App, or by somebody whom GitHub does not name, it counts as a decision: what is not known must not leave approvals
 * standing.
 */
async function closingOf(repo: RepositoryForge, pull: PullRequest): Promise<Closing> {
  const closing = await observeClosing(repo, pull);
  const isOwn = closing.kind === 'by_bot' && closing.by === pull.author.login;
  return isOwn || closing.kind === 'unknown' ? { kind: 'decided' } : closing;
}

/** The plan's newest pull request, or the one before it while the next does not exist yet. */
export async function findPlan(
  repo: RepositoryForge,
  issue: number,
  { record, prefix }: { readonly record: TaskRecord | null; readonly prefix: string },
): Promise<Pick<PlanView, 'pull' | 'branch'> | null> {
  const generation = record?.planning.generation ?? 1;
  const first = { prefix, issue, part: 'plan', generation };
  const before = { ...first, generation: generation - 1 };
  return (await ownPull(repo, first)) ?? (isBeingReplaced(record) ? ownPull(repo, before) : null);
}

/** Until the next plan branch has a pull request, running work is still compared with the plan that was merged. */
const isBeingReplaced = (record: TaskRecord | null): boolean =>
  record !== null && record.planning.generation > 1 && record.planning.phase !== 'ready';

async function ownPull(repo: RepositoryForge, branch: BranchName): Promise<Pick<PlanView, 'pull' | 'branch'> | null> {
  const pull = await newestPullRequestFrom(repo, renderBranchName(branch));
  return pull && { pull, branch };
}

type PlanText = Pick<PlanView, 'file' | 'madeAt' | 'revision'> & {
  /** Missing where the text cannot be read. */
  readonly base?: string | null;
};

async function planOf(file: { readonly text: string } | null): Promise<PlanText> {
  if (!file) return { file: null, madeAt: null, revision: null };
  const parsed = await loadPlanFile(file.text);
  if (!parsed.ok) return { file: parsed, madeAt: null, revision: null };
  const { plan, meta } = parsed.value;
  return { file: { ok: true, value: plan }, madeAt: meta.commit, revision: meta.revision, base: meta.base ?? null };
}

async function verdicts(
  repo: RepositoryForge,
  reviews: readonly Review[],
  { pull, path, headBlob }: { readonly pull: PullRequest; readonly path: string; readonly headBlob: string | null },
): Promise<Verdict[]> {
  const latest = new Map<
    string,
    { by: string; verdict: Verdict['verdict'] | null; commit: string | null; given: Required<Verdict>['given'] }
  >();
  for (const review of reviews) {
    if (review.author.bot || review.state === 'commented' || review.state === 'pending') continue;
    const verdict = review.state === 'dismissed' ? null : review.state;
    const given = { review: review.id, at: review.submittedAt };
    latest.set(identityOf(review.author), { by: review.author.login, verdict, commit: review.commit, given });
  }
  const found: Verdict[] = [];
  for (const [identity, { by, verdict, commit, given }] of latest) {
    if (verdict === null || !mayWrite(await repo.permission(by))) continue;
    const blob = commit === pull.headSha ? headBlob : commit === null ? null : ((await repo.file(path, commit))?.sha ?? null);
    found.push({ by, identity, verdict, blob, given });
  }
  return found;
}
