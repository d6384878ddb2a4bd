import { gitBlobId } from '../../domain/change/git-blob-id.ts';
import { ineffectiveExtraPaths, ineffectiveProtections } from '../../domain/change/scope.ts';
import type { Spend } from '../../domain/model/spend.ts';
import { isWeakPlanner } from '../../domain/model/weak-planner.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { diffPlans } from '../../domain/plan/plan-diff.ts';
import { fullName } from '../../domain/repository.ts';
import { renderBranchName } from '../../domain/task/branch-name.ts';
import type { PlanResult, PlanWork } from '../../domain/task/work.ts';
import { planWorkflowId } from '../../domain/task/work-id.ts';
import { loadPlanFile } from '../../plan-file/load.ts';
import { renderPlanFile } from '../../plan-file/render.ts';
import { makePlan } from '../../planner/make-plan.ts';
import { PLANNER_SYSTEM } from '../../planner/prompt.ts';
import type { Submitted } from '../../planner/tools/submit-plan.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { commitChanges, putBranch } from '../../publishing/commit.ts';
import { markPullRequest, putPullRequest } from '../../publishing/pull-request.ts';
import { putReply } from '../../publishing/replies.ts';
import { putThreadAnswers } from '../../publishing/thread-answers.ts';
import { planIsSound } from '../../replies/checks/own-checks.ts';
import { planRevised } from '../../replies/comments/answers.ts';
import { threadReplanned } from '../../replies/comments/review-answers.ts';
import { planCommitMessage } from '../../replies/pages/commit-messages.ts';
import { type PlanPullRequest, planBody, planTitle } from '../../replies/pages/plan-pull-request.ts';
import { answeringModels } from '../../replies/phrases/model-fallbacks.ts';
import { baseIsMissing, referenceBlocks, refusalSentence } from '../../replies/phrases/refusals.ts';
import { isClassified } from '../../settings/classified.ts';
import { writablePathsOf } from '../../settings/generated-paths.ts';
import { limitsOf } from '../../settings/limits.ts';
import { planPathOf } from '../../settings/plan-path.ts';
import { scopePolicyOf } from '../../settings/scope-policy.ts';
import { baseBranch } from '../../task/model/base-branch.ts';
import { freshOutcome, freshStep, optionalStep, step } from '../engine/steps.ts';
import { linksTo } from '../shared/dashboard-links.ts';
import { estimateCost } from '../shared/estimate.ts';
import { openSnapshot } from '../shared/open-snapshot.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import { recordConversation } from '../shared/record-conversation.ts';
import { checkPlanScope } from '../shared/scope-check.ts';
import { unlessWorkflowsDiffer, WORKFLOWS_DIFFER, workflowFilesRefusal } from '../shared/workflow-files.ts';
import { loadPlanningInputs, type PlanningInputs } from './planning-inputs.ts';

/** One attempt at a plan while it runs: its job, its inputs, and its ports. */
interface PlanningRun {
  readonly ports: WorkflowPorts;
  readonly repo: RepositoryForge;
  readonly work: PlanWork;
  readonly branch: string;
  readonly inputs: PlanningInputs;
}

/** From this step on, parts of the plan may be on GitHub. */
export const PLAN_BRANCH_STEP = 'plan branch';

/** From an issue to the pull request that adds PLAN.md, or to questions. */
export async function planIssue(ports: WorkflowPorts, work: PlanWork): Promise<PlanResult> {
  const { task } = work;
  const repo = ports.forge.repository(task.repository);
  const branch = renderBranchName({
    prefix: work.branches.prefix,
    issue: task.issue,
    part: 'plan',
    generation: work.generation,
  });
  const inputs = await freshStep('gather', async () => {
    // Checked before any model is paid: a plan that cannot have its branch or its pull request cannot be published.
    const unusable = await repo.unusableBecause();
    if (unusable !== null) return { unusable: refusalSentence(unusable) ?? 'the repository takes no pull requests.' };
    const there = await repo.referenceInTheWay(branch);
    return there === null ? loadPlanningInputs(ports, repo, work, branch) : { unusable: referenceBlocks(there, branch) };
  });
  if ('unusable' in inputs) return { kind: 'failed', reason: inputs.unusable, spend: [] };
  const { settings, base, comments, references } = inputs;
  const run: PlanningRun = { ports, repo, work, branch, inputs };
  const snapshot = await openSnapshot(ports, task.repository, base.sha);
  const loop = recordConversation(ports, task);
  const end = await makePlan(
    {
      models: [settings.models.planner.model, ...settings.models.planner.fallback],
      effort: settings.models.planner.effort,
      snapshot,
      rules: {
        ...scopePolicyOf(settings, task.issue),
        maxComponents: settings.plan.max_components,
        merged: work.merged,
        isClassified: isClassified(settings),
      },
      selfReview: settings.plan.self_review,
      images: inputs.images ?? null,
      facts: {
        repository: fullName(task.repository),
        commit: base.sha,
        issue: { number: task.issue, title: work.issueTitle, body: work.issueBody },
        comments,
        references,
        notes: work.notes,
        formerPlan: inputs.former,
        blockers: work.blockers,
        merged: Object.keys(work.merged),
        maxComponents: settings.plan.max_components,
        instructions: settings.plan.instructions,
      },
    },
    loop,
  );
  if (end.kind === 'failed') return { kind: 'failed', reason: end.reason, spend: end.spend };
  if (end.final.kind === 'questions') return { kind: 'questions', questions: end.final.questions, spend: end.spend };
  return publishPlan(run, end.final, end);
}

async function publishPlan(
  run: PlanningRun,
  { plan, unreviewed }: Submitted,
  { spend, reasoning }: { readonly spend: readonly Spend[]; readonly reasoning: string | null },
): Promise<PlanResult> {
  const { ports, repo, work, branch, inputs } = run;
  const { task, revision } = work;
  const { settings, base, head: there } = inputs;
  const { base: baseName } = work.branches;
  const path = planPathOf(settings, task.issue);
  const model = answeringModels(spend).at(-1) ?? settings.models.planner.model;
  const text = renderPlanFile(plan, {
    issue: task.issue,
    revision,
    model,
    commit: base.sha,
    ...(baseName === null ? {} : { base: baseName }),
  });
  const content = Buffer.from(text);
  const blob = gitBlobId(content);
  const commitOn = (parent: string) => async (): Promise<string> => {
    const present = await repo.file(path, parent);
    if (present?.sha === blob) return parent;
    const on = await openSnapshot(ports, task.repository, parent);
    return commitChanges(repo, on, {
      changes: [{ path, mode: '100644', content }],
      message: planCommitMessage({ plan, issue: task.issue, rules: inputs.commitRules }, work),
      signOff: settings.commits.sign_off,
    });
  };
  let parent = there ?? base.sha;
  let head = await freshStep('commit plan', commitOn(parent));
  let put = await freshStep(PLAN_BRANCH_STEP, () => unlessWorkflowsDiffer(() => putBranch(repo, branch, head, there)));
  if (put === WORKFLOWS_DIFFER) {
    const now = await step('base now', async () => (await baseBranch(repo, baseName))?.sha ?? null);
    if (now === null) return { kind: 'failed', reason: baseIsMissing(base.name), spend };
    if (there !== null || now === parent) return { kind: 'failed', reason: workflowFilesRefusal(now === parent), spend };
    parent = now;
    head = await freshStep('commit plan again', commitOn(parent));
    put = await freshStep('plan branch again', () => unlessWorkflowsDiffer(() => putBranch(repo, branch, head, null)));
    if (put === WORKFLOWS_DIFFER) return { kind: 'failed', reason: workflowFilesRefusal(false), spend };
  }
  if (!put.ok) return { kind: 'failed', reason: put.reason, spend };
  const posted: Posted = { plan, text, model, spend, reasoning, unreviewed };
  const pull = await openPullRequest(run, posted);
  if (!pull.ok) return { kind: 'failed', reason: pull.reason, published: true, spend };
  const cost = await estimateCost(ports, settings, await openSnapshot(ports, task.repository, base.sha), { plan, text });
  await freshStep('plan check', () => repo.reportCheck(head, planIsSound(blob, plan, cost, limitsOf(settings))));
  await freshStep('scope check', () => checkPlanScope(repo, { head, base: base.name, baseName, path }));
  await announce(run, pull.value, plan);
  return { kind: 'planned', gatheredAt: inputs.at, pull: pull.value, blob, spend };
}

/** A plan on its branch, and how it came to be. */
type Posted = Pick<PlanPullRequest, 'plan' | 'model' | 'spend' | 'reasoning' | 'unreviewed'> & { readonly text: string };

async function openPullRequest(
  { ports, repo, work, branch, inputs }: PlanningRun,
  { text, ...posted }: Posted,
): Promise<Outcome<number>> {
  const { task, revision } = work;
  const { settings, base } = inputs;
  const { plan, model } = posted;
  const there = [...(await (await openSnapshot(ports, task.repository, base.sha)).entries()).keys()];
  const body = planBody({
    ...posted,
    issue: task.issue,
    revision,
    blob: gitBlobId(Buffer.from(text)),
    path: planPathOf(settings, task.issue),
    forecast: await estimateCost(ports, settings, await openSnapshot(ports, task.repository, base.sha), { plan, text }),
    limits: limitsOf(settings),
    approval: settings.approval,
    unopened: ineffectiveExtraPaths(writablePathsOf(settings), there, scopePolicyOf(settings, task.issue)),
    protectsNothing: ineffectiveProtections(settings.execution.protected_paths, there),
    weakPlanner: isWeakPlanner({ planner: model, executor: settings.models.executor.model }, ports.priceOf),
    prompt: PLANNER_SYSTEM.version,
    dashboard: linksTo(ports, planWorkflowId(task, revision, work.generation, work.attempt)),
  });
  const words = { title: planTitle(plan, task.issue, settings.pull_requests.title), body };
  // The base branch's name is read again: planning takes minutes, in which the branch may be renamed.
  const { base: baseName } = work.branches;
  const pull = await freshOutcome('plan pull request', async () => {
    const now = await baseBranch(repo, baseName);
    return now === null
      ? failure(baseIsMissing(base.name))
      : putPullRequest(repo, { head: branch, base: now.name }, words, { draft: false });
  });
  return pull.ok ? success(pull.value.number) : pull;
}

/** Labels the pull request, and announces there, and in each conversation on a line, what is new since the former revision. */
async function announce({ repo, work, inputs }: PlanningRun, pull: number, plan: Plan): Promise<void> {
  const { revision } = work;
  const { former, threads } = inputs;
  await optionalStep('plan label', () => markPullRequest(repo, pull, inputs.settings.pull_requests.labels), 'fresh');
  const before = former === null ? null : await loadPlanFile(former);
  const key = `revision-${revision}`;
  const news = before?.ok ? planRevised(revision, diffPlans(before.value.plan, plan)) : null;
  const url = news === null ? null : await freshStep('what changed', () => putReply(repo, pull, { key, text: news }));
  // Conversations on a plan that was merged are on another pull request and need no answer.
  const answer = threadReplanned(revision, url);
  await step('answers', () => putThreadAnswers(repo, pull, key, new Map(threads.map((comment) => [comment, answer]))));
}
