import { parseBranchName } from '../../domain/task/branch-name.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import { loadPlanFile } from '../../plan-file/load.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { identityOf } from '../../ports/forge/people.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import { mayWrite } from '../model/authorise.ts';
import { isOnBase } from '../model/observe-merge.ts';
import type { Approver, KeptPlan, PlanView } from '../model/view.ts';

/**
 * The plan that was approved before a blocker made the planner write the present one, and who approved it. The record only points
 * to it: its text is read by its blob, and each approval where it was given. Null where none of its approvals is to be kept.
 */
export async function observeKeptPlan(
  repo: RepositoryForge,
  issue: number,
  { lastApproved, planning }: TaskRecord,
  plan: PlanView,
): Promise<KeptPlan | null> {
  if (lastApproved === null || planning.cause !== 'blocker' || plan.blob === lastApproved.blob) return null;
  const { blob } = lastApproved;
  const text = await repo.blobText(blob);
  const parsed = text === null ? null : await loadPlanFile(text);
  if (!parsed?.ok) return null;
  const pull = lastApproved.pull === plan.pull.number ? plan.pull : await repo.pullRequest(lastApproved.pull);
  const given = pull && isPlanOf(issue, pull) ? await approversOf(repo, pull, { path: plan.path, base: plan.base, blob }) : [];
  return { blob, plan: parsed.value.plan, by: given };
}

function isPlanOf(issue: number, { mine, headRef }: PullRequest): boolean {
  const branch = parseBranchName(headRef);
  return mine && branch?.issue === issue && branch.part === 'plan';
}

async function approversOf(
  repo: RepositoryForge,
  pull: PullRequest,
  { path, base, blob }: Pick<PlanView, 'path' | 'base'> & { readonly blob: string },
): Promise<Approver[]> {
  const holds = async (commit: string): Promise<boolean> => (await repo.file(path, commit))?.sha === blob;
  const found: Approver[] = [];
  for (const { author, state, commit } of await repo.reviews(pull.number)) {
    if (state !== 'approved' || author.bot || commit === null) continue;
    if (mayWrite(await repo.permission(author.login)) && (await holds(commit)))
      found.push({ way: 'review', by: author.login, identity: identityOf(author) });
  }
  const { mergedBy } = pull;
  if (pull.merged && mergedBy && !mergedBy.bot && (await holds(pull.headSha)) && (await isOnBase(repo, pull, base)))
    found.push({ way: 'merge', by: mergedBy.login, identity: identityOf(mergedBy) });
  return found;
}
