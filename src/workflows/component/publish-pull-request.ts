import { deviationsOf } from '../../domain/change/planned-action.ts';
import type { Spend } from '../../domain/model/spend.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { parseBranchName, renderBranchName } from '../../domain/task/branch-name.ts';
import { isFollowUp, type Stack, type TaskRef } from '../../domain/task/task.ts';
import type { ComponentResult, ComponentWork } from '../../domain/task/work.ts';
import { componentWorkflowId } from '../../domain/task/work-id.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { newestPullRequestFrom, openPullRequestFrom } from '../../publishing/own-pull-request.ts';
import { describePullRequest, markPullRequest, putPullRequest } from '../../publishing/pull-request.ts';
import { recordIn } from '../../publishing/status-comment.ts';
import { madeFromApprovedPlan } from '../../replies/checks/own-checks.ts';
import { componentBody, componentTitle, updateContext } from '../../replies/pages/component-pull-request.ts';
import type { ConformanceReport } from '../../replies/phrases/conformance-report.ts';
import { baseIsMissing } from '../../replies/phrases/refusals.ts';
import { freshOutcome, freshStep, optionalStep, step } from '../engine/steps.ts';
import { changesBetween } from '../shared/changes-between.ts';
import { linksTo } from '../shared/dashboard-links.ts';
import { checkScope } from '../shared/scope-check.ts';
import type { ComponentRun } from './component-run.ts';

/** A commit that is on its branch, and how it was made. */
interface Published {
  readonly head: string;
  /** The commit it is based on. */
  readonly from: string;
  /** This process has just made the branch, for the first time, so that what was observed before still tells all of its pull requests. */
  readonly isBranchNew: boolean;
  /** The executor's; null when no executor was involved. */
  readonly summary: string | null;
  /** The review against the plan; null when there was none. */
  readonly conformance: ConformanceReport | null;
  /** The executor's; what reviewing cost is in `conformance`. */
  readonly spend: readonly Spend[];
}

/** The component's pull request, opened or brought up to date, labelled and checked. */
export async function publishPullRequest(
  { ports, repo, work, inputs, plan, component }: ComponentRun,
  { head, from, isBranchNew, summary, conformance, spend: written }: Published,
): Promise<ComponentResult> {
  const { task, branch, blob } = work;
  const { settings, baseCommit } = inputs;
  const workflow = componentWorkflowId(task, work.component, work.attempt);
  // The latest model is shown as the one that did the work, so the executor's comes last.
  const spend = [...(conformance?.spend ?? []), ...written];
  const baseRef = await step('base', () => baseOf(repo, work));
  const { prefix } = work.branches;
  const built: Stack | null = work.parent && { component: work.parent.component, pull: work.parent.pull, sha: baseCommit };
  const stack = isFollowUp(work.job) ? work.stack : built;
  const siblings = new Map(await step('siblings', () => siblingsOf(repo, work, plan)));
  const shownPlan = parseBranchName(baseRef)?.prefix === prefix ? stack : null;
  const place = { issue: task.issue, blob, planPull: work.planPull, plan, siblings, stack: shownPlan };
  // Only before the first attempt: that one may have opened a pull request although its answer was lost.
  let seen = isBranchNew ? lately(repo, task) : repo;
  const number = await freshOutcome('pull request', async () => {
    const known = await newestPullRequestFrom(seen, branch);
    seen = repo;
    // People have decided about it while it was worked on: it is not opened a second time.
    if (known !== null && known.state !== 'open') return { ok: true as const, value: null };
    // The description was written when the component was built: only the lines about its place in the plan are updated.
    const open = work.job.kind === 'build' ? null : known;
    if (open) {
      await describePullRequest(repo, open.number, updateContext(open.body, { ...place, id: component.id }));
      return { ok: true as const, value: open.number };
    }
    if (work.job.kind !== 'build') return { ok: false as const, reason: 'its pull request cannot be found.' };
    if (baseRef === work.branches.base && (await repo.branchHead(baseRef)) === null)
      return { ok: false as const, reason: baseIsMissing(baseRef) };
    const { changes, before } = await changesBetween(ports, task.repository, { from, head });
    const deviations = deviationsOf(component, changes, before);
    const text = {
      title: componentTitle(component, task.issue, settings.pull_requests.title),
      body: componentBody({
        ...place,
        component,
        summary,
        deviations,
        conformance,
        spend: written,
        dashboard: linksTo(ports, workflow),
      }),
    };
    const how = { draft: settings.execution.draft, isFirst: inputs.former === null };
    const put = await putPullRequest(repo, { head: branch, base: baseRef }, text, how);
    return put.ok ? { ok: true as const, value: put.value.number } : put;
  });
  if (!number.ok) return { kind: 'failed', reason: number.reason, spend };
  const pull = number.value;
  if (pull === null) return { kind: 'withdrawn', reason: 'its pull request was merged or closed in the meantime.', spend };
  await optionalStep('label', () => markPullRequest(repo, pull, settings.pull_requests.labels), 'fresh');
  const carried = [component, ...plan.components.filter(({ id }) => work.contains.includes(id))];
  await freshStep('scope check', () =>
    checkScope(ports, repo, { issue: task.issue, components: carried, settings }, { head, from, spec: work.spec }),
  );
  await freshStep('plan check', () => repo.reportCheck(head, madeFromApprovedPlan(blob)));
  return { kind: 'opened', pull, head, stack, summary, addressed: [], spend };
}

/** For what nobody decides by: the task as it was when its work was last confirmed. */
const LATELY_MS = 30_000;

const lately = (repo: RepositoryForge, { issue }: TaskRef): RepositoryForge =>
  repo.observing({ issue, files: [], maxAgeMs: LATELY_MS });

/**
 * The branch to be merged into: the parent's while its pull request is open, else the base branch, by the name it has now. Where the
 * parent was closed, a follow-up leaves its pull request as it is: moved to the base branch, it would bring the parent's changes there.
 */
export async function baseOf(repo: RepositoryForge, work: ComponentWork): Promise<string> {
  const { task, parent: base } = work;
  const parent = base === null ? null : await repo.pullRequest(base.pull);
  if (parent?.state === 'open') return parent.headRef;
  const own = parent?.merged === false && isFollowUp(work.job) ? await openPullRequestFrom(repo, work.branch) : null;
  if (own) return own.baseRef;
  // A parent that was merged into its own parent's branch lands with that: until then its children are based on that branch.
  const below = parent?.merged ? await openPullRequestFrom(repo, parent.baseRef) : null;
  return below ? below.headRef : (work.branches.base ?? (await lately(repo, task).defaultBranch()).name);
}

/**
 * The plan's pull requests so far, merged ones included, by component id: those the record knows, and open ones that are so new
 * that it does not.
 */
async function siblingsOf(repo: RepositoryForge, work: ComponentWork, plan: Plan): Promise<[string, number][]> {
  const { task } = work;
  const seen = lately(repo, task);
  const record = recordIn(await seen.comments(task.issue), task.issue);
  const found = plan.components.map(async ({ id }): Promise<[string, number | null]> => {
    const component = record?.components[id];
    if (!component || component.pull !== null) return [id, component?.pull ?? null];
    const branch = renderBranchName({
      prefix: work.branches.prefix,
      issue: task.issue,
      part: id,
      generation: component.generation,
    });
    const open = (await seen.branchHead(branch)) === null ? null : await openPullRequestFrom(seen, branch);
    return [id, open?.number ?? null];
  });
  return (await Promise.all(found)).flatMap(([id, number]) => (number === null ? [] : [[id, number]]));
}
