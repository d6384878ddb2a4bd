import { specHash } from '../../domain/plan/spec-hash.ts';
import type { ComponentWork } from '../../domain/task/work.ts';
import { loadPlanFile } from '../../plan-file/load.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { newestOwn } from '../../publishing/own-pull-request.ts';
import { recordIn } from '../../publishing/status-comment.ts';
import { isClosedSince } from '../model/issue-closing.ts';
import { findPlan } from '../planning/observe.ts';

/**
 * Verified right before anything is published: the spec is still planned, and the work was not stopped nor its base closed.
 * It reads only what decides that; a full observation of a task of twelve components takes four times as many requests.
 */
export async function verifyBeforePublish(repo: RepositoryForge, work: ComponentWork): Promise<boolean> {
  const { task, component, branch, spec, parent } = work;
  const isOnPullRequest = work.job.kind !== 'build';
  // A build is about to contain its parent. Other work only continues a branch that contains it already, and whose pull request is open.
  const base = isOnPullRequest ? null : parent;
  const [issue, comments, own, below] = await Promise.all([
    repo.issue(task.issue),
    repo.comments(task.issue),
    isOnPullRequest ? repo.pullRequestsFrom(branch) : null,
    base === null ? null : repo.pullRequest(base.pull),
  ]);
  if (issue === null || issue === 'gone') return false;
  const pull = own && newestOwn(own);
  if (isOnPullRequest && pull?.state !== 'open') return false;
  // A commit by another author may have fixed it.
  if (work.job.kind === 'fix' && pull?.headSha !== work.job.head) return false;
  const record = recordIn(comments, task.issue);
  const hasLanded = base !== null && record?.components[base.component]?.state === 'merged';
  if (below?.state === 'closed' && !below.merged && !hasLanded) return false;
  if (record?.cancelled || (record && isClosedSince(issue, record))) return false;
  const plan = await findPlan(repo, task.issue, { record, prefix: work.branches.prefix });
  const file = plan && (await repo.file(work.planPath, plan.pull.headSha));
  const parsed = file ? await loadPlanFile(file.text) : null;
  if (!parsed?.ok) return false;
  const now = parsed.value.plan;
  return now.components.some((c) => c.id === component) && specHash(now, component) === spec;
}
