import { dependents } from '../domain/plan/component-graph.ts';
import type { RepositoryRef } from '../domain/repository.ts';
import { renderBranchName } from '../domain/task/branch-name.ts';
import { parsePlanMarker, parseRecord } from '../domain/task/marker.ts';
import type { Signal } from '../domain/task/signal.ts';
import type { TaskRef } from '../domain/task/task.ts';
import { newTaskRecord, type TaskRecord } from '../domain/task/task-record.ts';
import type { ComponentResult, PlanResult, ReviewResult } from '../domain/task/work.ts';
import { componentWorkflowId, reviewWorkflowId } from '../domain/task/work-id.ts';
import type { Clock } from '../ports/clock.ts';
import type { Forge, RepositoryForge } from '../ports/forge/forge.ts';
import type { Comment } from '../ports/forge/issues.ts';
import type { Permission } from '../ports/forge/people.ts';
import type { PullRequest } from '../ports/forge/pulls.ts';
import type { Snapshots } from '../ports/snapshot.ts';
import type { CapState } from '../ports/spend.ts';
import { newestPullRequestFrom } from '../publishing/own-pull-request.ts';
import { statusCommentOf } from '../publishing/status-comment.ts';
import { planPathOf } from '../settings/plan-path.ts';
import type { Settings } from '../settings/repository-settings.ts';
import { SETTINGS_PATHS } from '../settings/settings-file.ts';
import type { LoadSettings } from '../settings/settings-source.ts';
import { isBranch } from '../text/git-ref.ts';
import { observeCi } from './ci/observe-ci.ts';
import { observeRuns } from './ci/observe-runs.ts';
import { observeEnd } from './components/observe-end.ts';
import { isByBot } from './model/authorise.ts';
import { observeBranches } from './model/observe-branches.ts';
import type { ComponentView, PlanView, TaskView, WorkState } from './model/view.ts';
import { observeOwnChecks } from './own-checks/observe.ts';
import { observePlan } from './planning/observe.ts';
import { observeCommands } from './planning/observe-commands.ts';
import { observeKeptPlan } from './planning/observe-kept-plan.ts';
import { staleFiles } from './planning/stale.ts';
import { planWorkflowOf } from './planning/start.ts';

export interface Observer {
  readonly forge: Forge;
  readonly clock: Clock;
  readonly settings: LoadSettings;
  readonly snapshots: Snapshots;
  /** How long the checks of a new head may take to appear, in seconds; before that they are not read. */
  readonly checksGrace: number;
  /** For how long a run of `execution.workflow` is waited for, in seconds. */
  readonly workflowLimit: number;
  /** How far apart two moments must be for GitHub's clocks to tell which was first, in milliseconds. */
  readonly clockSlackMs: number;
  /** The permission of the person behind the signal, if it was read minutes ago; null where it must be read now. */
  readonly permission: Permission | null;
  /** What was spent of the limits that hold for a repository. */
  readonly caps: (repository: RepositoryRef, settings: Settings | null) => Promise<readonly CapState[]>;
  /** What the engine knows of a workflow. */
  readonly work: <R>(workflow: string) => Promise<WorkState<R>>;
}

/**
 * Reads one task's state from GitHub and the engine, writing nothing. Null when there is nothing to decide: a pull request, or an
 * issue without a task for which no one requests one. Not found is not final, because GitHub may not show a new issue for seconds.
 */
export async function observe(
  task: TaskRef,
  signal: Signal,
  { forge, clock, settings, snapshots, checksGrace, workflowLimit, clockSlackMs, permission: recent, caps, work }: Observer,
): Promise<TaskView | 'gone' | 'not found' | null> {
  const at = new Date(clock.now()).toISOString();
  const repo = forge.repository(task.repository).observing({ issue: task.issue, files: SETTINGS_PATHS, maxAgeMs: null });
  const issue = await repo.issue(task.issue);
  if (issue === 'gone') return issue;
  if (!issue) return 'not found';
  if (issue.isPullRequest) return null;
  const status = statusCommentOf(await repo.comments(task.issue), task.issue);
  if (!status && ['closed', 'reopened', 'edited', 'unlabelled'].includes(signal.kind)) return null;
  const [loaded, permission] = await Promise.all([settings(repo), permissionBehind(signal, recent, repo)]);
  const path = loaded.ok ? planPathOf(loaded.value, task.issue) : null;
  const written = status ? parseRecord(status.body) : null;
  const settled = loaded.ok ? loaded.value.branches : null;
  const named = await observeBranches(repo, task.issue, { recorded: written?.branches ?? null, settled, signal });
  const shown = path === null ? null : await observePlan(repo, task.issue, { path, record: written, branches: named });
  const branches = { prefix: named.prefix, base: shown ? shown.base : named.base };
  const nodes = shown ? commandsToProve(written, signal) : [];
  const plan = shown && {
    ...shown,
    commands: await observeCommands(repo, { issue: task.issue, plan: shown, clockSlackMs }, nodes),
  };
  const known = written ?? (plan ? restoredFrom(plan, issue.author.login, at) : null);
  // Under which prefix a plan was found is known better than what the record says.
  const record = known && plan ? { ...known, branches: { ...known.branches, prefix: branches.prefix } } : known;
  const view: TaskView = {
    task,
    at,
    issue,
    settings: loaded,
    status: status ? pick(status) : null,
    record,
    branches,
    baseIsGone: written !== null && branches.base !== null && (await repo.branchHead(branches.base)) === null,
    requestedBase: await observeRequestedBase(repo, signal),
    plan,
    kept: plan && written ? await observeKeptPlan(repo, task.issue, written, plan) : null,
    planWork: { kind: 'absent' },
    reviewWork: { kind: 'absent' },
    stale: null,
    components: {},
    checks: {},
    runs: {},
    workflowLimit,
    checksGrace,
    fileConflicts: {},
    reviews: signal.kind === 'changes_requested' ? (await repo.reviews(signal.on)).map(({ id, state }) => ({ id, state })) : null,
    caps: asksForStatus(signal) ? await caps(task.repository, loaded.ok ? loaded.value : null) : [],
    permission,
  };
  if (!record) return view;
  const planWork = record.planning.phase === 'running' ? await work<PlanResult>(planWorkflowOf(task, record)) : view.planWork;
  const { revision, generation } = record.planning;
  const reviewWork =
    record.review === 'running' ? await work<ReviewResult>(reviewWorkflowId(task, revision, generation)) : view.reviewWork;
  const stale = plan && mayStart(record, plan, signal) ? await staleFiles(repo, snapshots, plan) : null;
  const components = await observeComponents(repo, snapshots, { task, record, plan, branches }, work);
  const checks = loaded.ok ? await observeCi(repo, { ...view, components }, loaded.value, signal) : {};
  const runs = loaded.ok ? await observeRuns(repo, { task, record, components }, loaded.value, signal) : {};
  return { ...view, planWork, reviewWork, stale, components, checks, runs };
}

const asksForStatus = (signal: Signal): boolean => signal.kind === 'command' && signal.command.kind === 'status';

/** A bot has none: the settings name those that may start a plan. */
async function permissionBehind(signal: Signal, recent: Permission | null, repo: RepositoryForge): Promise<Permission | null> {
  if (!('by' in signal)) return null;
  return isByBot(signal) ? 'none' : (recent ?? repo.permission(signal.by));
}

/** A base is looked for before anything is started for it. */
async function observeRequestedBase(repo: RepositoryForge, signal: Signal): Promise<TaskView['requestedBase']> {
  const base = signal.kind === 'command' && signal.command.kind === 'plan' ? signal.command.base : undefined;
  if (base === undefined || !isBranch(base)) return null;
  return (await repo.branchHead(base)) === null ? 'missing' : 'there';
}

/** The ids of the `/execute` comments that the record points to, and of the one that is being decided on. */
function commandsToProve(record: TaskRecord | null, signal: Signal): string[] {
  const isExecute = signal.kind === 'command' && signal.command.kind === 'execute';
  return [...(record?.approvals ?? []).map(({ node }) => node), isExecute ? (signal.comment.node ?? null) : null].filter(
    (node) => node !== null,
  );
}

/** Whether this plan may start next: only then is a fetch worthwhile to check whether it is still current. */
const mayStart = (record: TaskRecord, plan: PlanView, signal: Signal): boolean =>
  record.planning.phase !== 'running' &&
  record.stale?.accepted !== true &&
  Object.values(record.components).every((c) => c.attempt === 0) &&
  (plan.pull.merged ||
    record.approvals.length > 0 ||
    plan.verdicts.length > 0 ||
    (signal.kind === 'command' && signal.command.kind === 'execute'));

const pick = ({ id, body, url }: Comment): TaskView['status'] => ({ id, body, url });

/** The status comment was deleted, but the plan's pull request says enough to continue. */
function restoredFrom(plan: PlanView, author: string, at: string): TaskRecord | null {
  const revision = parsePlanMarker(plan.pull.body)?.revision ?? plan.revision;
  if (revision === null) return null;
  const record = newTaskRecord({ by: author, at, digest: null });
  const { generation } = plan.branch;
  return {
    ...record,
    restored: true,
    branches: { prefix: plan.branch.prefix, base: plan.base },
    planning: { ...record.planning, phase: 'ready', revision, generation },
    planPull: plan.pull.number,
  };
}

async function observeComponents(
  repo: RepositoryForge,
  snapshots: Snapshots,
  { task, record, plan, branches }: Pick<TaskView, 'task' | 'plan' | 'branches'> & { readonly record: TaskRecord },
  work: Observer['work'],
): Promise<Record<string, ComponentView>> {
  const text = plan?.file?.ok ? plan.file.value : null;
  const planned = text?.components.map((c) => c.id) ?? [];
  // Before anything is started there are no components to observe, unless the record was lost.
  const ids =
    Object.keys(record.components).length > 0 || record.restored
      ? [...new Set([...Object.keys(record.components), ...planned])]
      : [];
  // Read concurrently: one after the other, a plan of twelve would take twelve times GitHub's response time.
  const pulls = new Map(
    await Promise.all(ids.map(async (id) => [id, await pullOf(id, repo, { task, record, branches })] as const)),
  );
  const seen: Record<string, ComponentView> = {};
  for (const [id, pull] of pulls) {
    const c = record.components[id];
    const above = text && planned.includes(id) ? [...dependents(text, id)].flatMap((other) => pulls.get(other) ?? []) : [];
    seen[id] = {
      pull,
      ...(await observeEnd(repo, snapshots, { pull, component: c, pulls, above, base: branches.base })),
      checks: pull?.state === 'open' && c?.state !== 'running' ? await observeOwnChecks(repo, pull.headSha) : null,
      work: c?.state === 'running' ? await work<ComponentResult>(componentWorkflowId(task, id, c.attempt)) : { kind: 'absent' },
    };
  }
  return seen;
}

async function pullOf(
  id: string,
  repo: RepositoryForge,
  { task, record, branches: { prefix } }: Pick<TaskView, 'task' | 'branches'> & { readonly record: TaskRecord },
): Promise<PullRequest | null> {
  const c = record.components[id];
  // A component that was never begun has no pull request, unless its record was lost.
  if ((c?.attempt ?? 0) === 0 && !record.restored) return null;
  if (c?.state === 'merged' && c.pull !== null) return repo.pullRequest(c.pull);
  const branch = renderBranchName({ prefix, issue: task.issue, part: id, generation: c?.generation ?? 1 });
  return newestPullRequestFrom(repo, branch);
}
