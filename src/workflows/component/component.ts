import type { ChangeSet } from '../../domain/change/change-set.ts';
import { scopeViolation } from '../../domain/change/scope.ts';
import type { Spend } from '../../domain/model/spend.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import { isFollowUp, taskKey } from '../../domain/task/task.ts';
import type { ComponentResult, ComponentWork } from '../../domain/task/work.ts';
import { type ExecutionJob, findingsOn, implementComponent } from '../../executor/implement.ts';
import { againMessage, conflictMessage } from '../../executor/prompt.ts';
import { loadPlanFile } from '../../plan-file/load.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { commitChanges, putBranch } from '../../publishing/commit.ts';
import { retargetPullRequest } from '../../publishing/pull-request.ts';
import { conflictsElsewhere } from '../../replies/comments/component-news.ts';
import {
  componentCommitMessage,
  fixCommitMessage,
  moveCommitMessage,
  revisionCommitMessage,
} from '../../replies/pages/commit-messages.ts';
import type { ConformanceReport } from '../../replies/phrases/conformance-report.ts';
import { unfit } from '../../replies/phrases/gate-findings.ts';
import { baseIsMissing } from '../../replies/phrases/refusals.ts';
import { scopePolicyOf } from '../../settings/scope-policy.ts';
import { SETTINGS_PATHS } from '../../settings/settings-file.ts';
import { verifyBeforePublish } from '../../task/components/verify-before-publish.ts';
import { baseBranch } from '../../task/model/base-branch.ts';
import { freshStep, step } from '../engine/steps.ts';
import { reviewAgainstPlan, reviewerOf } from '../shared/conformance-review.ts';
import { openSnapshot } from '../shared/open-snapshot.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import { recordConversation } from '../shared/record-conversation.ts';
import { unlessWorkflowsDiffer, WORKFLOWS_DIFFER, workflowFilesRefusal } from '../shared/workflow-files.ts';
import { answerReview, replyNothingToRevise } from './answer-review.ts';
import type { ComponentRun } from './component-run.ts';
import { applyGeneratedPatch } from './generated-patch.ts';
import { type ComponentInputs, loadComponentInputs } from './load-inputs.ts';
import { loadBranchTree, type PreparedTree, prepareTree, type Sides } from './prepare-tree.ts';
import { baseOf, publishPullRequest } from './publish-pull-request.ts';
import { isNew } from './review-request.ts';
import { updateParentBranch } from './update-parent-branch.ts';

/** From an approved plan to one component's pull request, which is updated where it exists already, or to a blocker. */
export async function executeComponent(ports: WorkflowPorts, work: ComponentWork): Promise<ComponentResult> {
  const { task } = work;
  const repo = ports.forge.repository(task.repository);
  const found = await freshStep('prepare', () => loadComponentInputs(ports, observed(repo, work), work));
  if ('unusable' in found) return { kind: 'failed', reason: found.unusable, spend: [] };
  if ('superseded' in found) return { kind: 'withdrawn', reason: found.superseded, spend: [] };
  const parsed = await loadPlanFile(found.planFile);
  if (!parsed.ok) return { kind: 'failed', reason: 'the approved plan can no longer be read.', spend: [] };
  const { plan } = parsed.value;
  const component = plan.components.find((c) => c.id === work.component);
  if (!component) return { kind: 'withdrawn', reason: 'the plan no longer has this component.', spend: [] };
  const refreshed = await step('refresh parent', () => updateParentBranch(ports, repo, work, found));
  if (!refreshed.ok) return { kind: 'failed', reason: refreshed.reason, spend: [] };
  const inputs = { ...found, baseCommit: refreshed.value };
  const from = isFollowUp(work.job) ? (inputs.former?.from ?? inputs.baseCommit) : inputs.baseCommit;
  const run: ComponentRun = { ports, repo, work, inputs, plan, component };
  if (work.job.kind === 'generate') return applyGeneratedPatch(run, work.job);
  const { review, former } = inputs;
  const present = async (
    { commit, from, isBranchNew }: Built & Pick<Published, 'isBranchNew'>,
    { summary, conformance, spend }: Done,
  ): Promise<ComponentResult> => {
    const result = await publishPullRequest(run, { head: commit, from, isBranchNew, summary, conformance, spend });
    // A move to another base has no summary, and does not address the review.
    if (review === null || summary === null || result.kind !== 'opened') return result;
    await answerReview(repo, work, review, { commit: commit === former?.head ? null : commit, summary, spend });
    return { ...result, addressed: review.addressed };
  };
  if (review !== null && !review.points.some(isNew)) {
    await replyNothingToRevise(repo, work, review);
    const { number } = review.pull;
    return {
      kind: 'opened',
      pull: number,
      head: former?.head ?? from,
      stack: work.stack,
      summary: null,
      addressed: [],
      spend: [],
    };
  }

  const leaves = (path: string): boolean => scopeViolation(component, ...scopeOf(inputs, work, path)) !== null;
  const sides: Sides = { ours: `component ${component.id}`, theirs: work.parent?.component ?? inputs.base.name };
  const tree = isFollowUp(work.job)
    ? await loadBranchTree(ports, task.repository, inputs)
    : await prepareTree(run, leaves, sides);
  if (tree === null) return { kind: 'failed', reason: 'its branch is gone.', spend: [] };
  const elsewhere = tree.conflicts.filter(leaves);
  if (elsewhere.length > 0) return { kind: 'failed', reason: conflictsElsewhere(elsewhere, sides.theirs), spend: [] };

  const moved = work.job.kind === 'restack' && tree.conflicts.length === 0;
  const done = moved ? CLEANLY_MOVED : await conversation(run, tree, sides);
  if (done.kind !== 'done') return done;
  const spend = [...(done.conformance?.spend ?? []), ...done.spend];
  const asItIsNow = { issue: task.issue, files: [], maxAgeMs: null };
  if (!(await step('confirm', () => verifyBeforePublish(repo.observing(asItIsNow), work))))
    return { kind: 'withdrawn', reason: 'the plan changed or the task was stopped in the meantime.', spend };
  const changes = done.changes ?? tree.given;
  const put = await publish(run, tree, changes);
  // Another author has pushed to the component's branch: its job remains, and another attempt begins from there.
  if (!put.ok) return { kind: put.reason.pushed && former !== null ? 'withdrawn' : 'failed', reason: put.reason.text, spend };
  return present({ ...put.value, from: put.value.from ?? from }, done);
}

/** A component's first attempt starts from the observation that has just started it. Others work on what is on GitHub by now. */
const JUST_NOW_MS = 10_000;

const observed = (repo: RepositoryForge, { task, job }: ComponentWork): RepositoryForge =>
  repo.observing({ issue: task.issue, files: SETTINGS_PATHS, maxAgeMs: job.kind === 'build' ? JUST_NOW_MS : null });

/** The result of an attempt before anything is published; `changes` null: those it began with. */
interface Done {
  readonly kind: 'done';
  readonly changes: ChangeSet | null;
  readonly summary: string | null;
  /** The review against the plan; null when there was none. */
  readonly conformance: ConformanceReport | null;
  /** The executor's. */
  readonly spend: readonly Spend[];
}
const CLEANLY_MOVED: Done = { kind: 'done', changes: null, summary: null, conformance: null, spend: [] };

const scopeOf = ({ settings }: ComponentInputs, { task }: ComponentWork, path: string) =>
  [settings.execution.extra_paths, path, scopePolicyOf(settings, task.issue)] as const;

async function conversation(
  { ports, work, inputs, component }: ComponentRun,
  { snapshot, given, conflicts }: PreparedTree,
  sides: Sides,
): Promise<Done | Extract<ComponentResult, { kind: 'blocked' | 'failed' }>> {
  const { task, blob } = work;
  const { settings, planFile, base, request } = inputs;
  const { models, execution } = settings;
  const loop = recordConversation(ports, task);
  const job: ExecutionJob = {
    models: [models.executor.model, ...models.executor.fallback],
    effort: models.executor.effort,
    maxTurns: execution.max_turns,
    planFile,
    cacheKey: `execute:${taskKey(task)}:${blob.slice(0, 12)}`,
    component,
    instructions: execution.instructions,
    snapshot,
    base: await openSnapshot(ports, task.repository, base.sha),
    given,
    conflicts,
    situation: request ?? situationOf(given, conflicts, sides),
    mayBeUnchanged: given.length > 0 || request !== null,
    extraPaths: execution.extra_paths,
    policy: scopePolicyOf(settings, task.issue),
  };
  const { end, changes } = await implementComponent(job, loop);
  const { spend } = end;
  if (end.kind === 'failed') return { kind: 'failed', reason: end.reason, spend };
  if (end.final.kind === 'blocked') return { kind: 'blocked', blocker: end.final.blocker, spend };
  const findings = await findingsOn(changes, job);
  if (findings.length > 0) return { kind: 'failed', reason: unfit(findings), spend };
  const done: Done = { kind: 'done', changes, summary: end.final.summary, conformance: null, spend };
  const reviewer = reviewerOf(settings);
  // People have requested what a follow-up changes, or their checks have: that is not in the plan.
  if (reviewer === null || work.job.kind !== 'build' || changes.length === 0) return done;
  const reviewed = await reviewAgainstPlan(job, reviewer, loop, { changes, summary: end.final.summary });
  const { report, spend: more } = reviewed;
  if (reviewed.kind === 'blocked')
    return { kind: 'blocked', blocker: reviewed.blocker, spend: [...report.spend, ...spend, ...more] };
  const { summary } = reviewed;
  return { kind: 'done', changes: reviewed.changes, summary, conformance: report, spend: [...spend, ...more] };
}

function situationOf(given: ChangeSet, conflicts: readonly string[], { ours, theirs }: Sides): string | null {
  if (conflicts.length > 0) return conflictMessage(conflicts, ours, theirs);
  return given.length > 0 ? againMessage(given.map((change) => change.path)) : null;
}

interface Built {
  readonly commit: string;
  /** The commit it is based on. */
  readonly from: string;
}

interface Published extends Pick<Built, 'commit'> {
  /** Null where that is still the commit the attempt began with. */
  readonly from: string | null;
  /** GitHub told this very process that it made the branch. A process that continues the work of another does not know that. */
  readonly isBranchNew: boolean;
}

/** Why a branch was not moved. `pushed`: somebody else has moved it. */
interface Unpublished {
  readonly text: string;
  readonly pushed: boolean;
}
const unpublished = (text: string): Outcome<never, Unpublished> => failure({ text, pushed: false });
const byOthers = (text: string): Outcome<never, Unpublished> => failure({ text, pushed: true });

/** Moves the component's branch forward to the changes. Nothing is committed where the branch contains all of them already. */
async function publish(run: ComponentRun, tree: PreparedTree, changes: ChangeSet): Promise<Outcome<Published, Unpublished>> {
  const { repo, work, inputs } = run;
  const { former, base } = inputs;
  if (former !== null) await step('retarget', async () => retargetPullRequest(repo, work.branch, await baseOf(repo, work)));
  const commit = await freshStep('commit', () => commitOf(run, tree, changes));
  const parent = former === null ? null : tree.parents[0];
  let isBranchNew = false;
  const put = await freshStep('branch', async () => {
    const done = await unlessWorkflowsDiffer(() => putBranch(repo, work.branch, commit, parent));
    // A branch that was there before and is made again was deleted meanwhile, perhaps with its pull request merged.
    isBranchNew = former === null && done !== WORKFLOWS_DIFFER && done.ok && done.value === 'created';
    return done;
  });
  if (put !== WORKFLOWS_DIFFER) return put.ok ? success({ commit, from: null, isBranchNew }) : byOthers(put.reason);
  const now = await step('base now', async () => (await baseBranch(repo, work.branches.base))?.sha ?? null);
  if (now === null) return unpublished(baseIsMissing(base.name));
  const isOnBase = tree.snapshot.commit === base.sha && tree.parents.includes(base.sha);
  if (!isOnBase || now === base.sha) return unpublished(workflowFilesRefusal(now === base.sha));
  return publishOn(now, run, tree, changes);
}

/** The same changes on the base branch as it is now. */
async function publishOn(
  now: string,
  run: ComponentRun,
  tree: PreparedTree,
  changes: ChangeSet,
): Promise<Outcome<Published, Unpublished>> {
  const { ports, repo, work, inputs, component } = run;
  const snapshot = await openSnapshot(ports, work.task.repository, now);
  const own = { snapshot: tree.snapshot, changes, name: `component ${component.id}` };
  const moved = await snapshot.merge(tree.snapshot, own, inputs.base.name);
  if (moved.conflicts.length > 0) return unpublished(conflictsElsewhere(moved.conflicts, inputs.base.name));
  const [first, ...others] = tree.parents.map((parent) => (parent === inputs.base.sha ? now : parent));
  const again: PreparedTree = { ...tree, snapshot, parents: [first as string, ...others] };
  const commit = await freshStep('commit again', () => commitOf(run, again, moved.changes));
  const put = await freshStep('branch again', () =>
    unlessWorkflowsDiffer(() => putBranch(repo, work.branch, commit, inputs.former === null ? null : again.parents[0])),
  );
  if (put === WORKFLOWS_DIFFER) return unpublished(workflowFilesRefusal(false));
  return put.ok ? success({ commit, from: now, isBranchNew: false }) : byOthers(put.reason);
}

async function commitOf(
  { repo, work, inputs, component }: ComponentRun,
  { snapshot, parents, moves }: PreparedTree,
  changes: ChangeSet,
): Promise<string> {
  const { former, base } = inputs;
  if (former !== null && !moves && (await repo.commit(former.head)).tree === (await snapshot.treeWith(changes)))
    return former.head;
  const onto = moves ? (work.parent?.branch ?? base.name) : null;
  const of = { component, issue: work.task.issue, rules: inputs.commitRules };
  const message = onto === null ? messageOf(of, work) : moveCommitMessage(of, onto, work);
  return commitChanges(repo, snapshot, { changes, message, parents, signOff: inputs.settings.commits.sign_off });
}

function messageOf(of: Parameters<typeof componentCommitMessage>[0], work: ComponentWork): string {
  switch (work.job.kind) {
    case 'fix':
      return fixCommitMessage(of, work.job.checks, work);
    case 'revise':
      return revisionCommitMessage(of, work);
    default:
      return componentCommitMessage(of, work);
  }
}
