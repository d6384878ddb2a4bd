import type { Spend } from '../../domain/model/spend.ts';
import type { Component, Plan } from '../../domain/plan/plan.ts';
import { parseBranchName } from '../../domain/task/branch-name.ts';
import { isFollowUp, type Stack, type TaskRef } from '../../domain/task/task.ts';
import type { ComponentResult, ComponentWork } from '../../domain/task/work.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { belongingOf, openPullRequestFrom } from '../../publishing/own-pull-request.ts';
import { describePullRequest, markPullRequest, PLANWRIGHT_LABEL, putPullRequest } from '../../publishing/pull-request.ts';
import { recordIn } from '../../publishing/status-comment.ts';
import { madeFromApprovedPlan } from '../../replies/checks/own-checks.ts';
import { componentBody, componentTitle, updatePlace } from '../../replies/pages/component-pull-request.ts';
import { step } from '../engine/steps.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import { checkScope } from '../shared/scope-check.ts';
import type { ComponentInputs } from './load-inputs.ts';

/** A commit that is on its branch, and what is known of how it came to be. */
interface Made {
  readonly head: string;
  /** The commit it stands on. */
  readonly from: string;
  /** The executor's; null when no executor had a hand in it. */
  readonly summary: string | null;
  readonly spend: readonly Spend[];
}

/** The component's pull request, opened or brought up to date, labelled and checked. */
export async function publishPullRequest(
  ports: WorkflowPorts,
  work: ComponentWork,
  { settings, ground }: ComponentInputs,
  plan: Plan,
  component: Component,
  { head, from, summary, spend }: Made,
): Promise<ComponentResult> {
  const { task, branch, blob } = work;
  const repo = ports.forge.repository(task.repository);
  const baseRef = await step('base', () => baseOf(repo, work));
  const built: Stack | null = work.on && { on: work.on.on, pull: work.on.pull, sha: ground };
  const stack = isFollowUp(work.job) ? work.stack : built;
  const siblings = new Map(await step('siblings', () => siblingsOf(repo, task, plan)));
  const shownPlan = parseBranchName(baseRef) === null ? null : stack;
  const place = { issue: task.issue, blob, planPull: work.planPull, plan, siblings, stack: shownPlan };
  const number = await step('pull request', async () => {
    // Written when it was built: what stands there stays, but for its place.
    const open = work.job.kind === 'build' ? null : await openPullRequestFrom(repo, branch);
    if (open) {
      await describePullRequest(repo, open.number, updatePlace(open.body, { ...place, id: component.id }));
      return { ok: true as const, value: open.number };
    }
    if (isFollowUp(work.job)) return { ok: false as const, reason: 'its pull request was closed meanwhile.' };
    const text = { title: componentTitle(component, task.issue), body: componentBody({ ...place, component, summary, spend }) };
    const put = await putPullRequest(repo, branch, baseRef, text, { draft: settings.execution.draft });
    return put.ok ? { ok: true as const, value: put.value.number } : put;
  });
  if (!number.ok) return { kind: 'failed', reason: number.reason, spend };
  await step('label', () => markPullRequest(repo, number.value));
  const carried = [component, ...plan.components.filter(({ id }) => work.holds.includes(id))];
  await step('scope check', () => checkScope(ports, repo, task.issue, carried, { head, from }, settings));
  await step('plan check', () => repo.reportCheck(head, madeFromApprovedPlan(blob)));
  return { kind: 'opened', pull: number.value, head, stack, summary, heard: [], spend };
}

/** The branch to be merged into: the parent's while its pull request is open, else the base branch, by the name it has now. */
export async function baseOf(repo: RepositoryForge, { on }: ComponentWork): Promise<string> {
  const parent = on === null ? null : await repo.pullRequest(on.pull);
  if (parent?.state === 'open') return parent.headRef;
  // Merged into its own parent's branch, it lands with that: until then its children stand there.
  const below = parent?.merged ? await openPullRequestFrom(repo, parent.baseRef) : null;
  return below ? below.headRef : (await repo.defaultBranch()).name;
}

/**
 * The plan's pull requests so far, merged ones included, by component id: those the record knows, and open ones that are so new that
 * it does not.
 */
async function siblingsOf(repo: RepositoryForge, task: TaskRef, plan: Plan): Promise<[string, number][]> {
  const found = new Map<string, number>();
  const [comments, open] = await Promise.all([repo.comments(task.issue), repo.ownPullsLabelled(PLANWRIGHT_LABEL)]);
  const record = recordIn(comments, task.issue);
  for (const [id, { pull }] of Object.entries(record?.components ?? {})) if (pull !== null) found.set(id, pull);
  for (const pull of open) {
    const belonging = await belongingOf(repo, pull);
    if (belonging?.issue === task.issue && belonging.part !== 'plan') found.set(belonging.part, pull.number);
  }
  return [...found].filter(([id]) => plan.components.some((c) => c.id === id));
}
