import { type BranchName, renderBranchName } from '../domain/branch-name.ts';
import { isStatusOf, issueOfPullRequestBody, parsePlanMarker, parseRecord } from '../domain/marker.ts';
import type { Signal } from '../domain/signal.ts';
import type { TaskRecord, TaskRef } from '../domain/task.ts';
import { type ComponentResult, componentWorkflowId, type PlanResult } from '../domain/work.ts';
import { parsePlanFile } from '../plan-file/parse.ts';
import type { Clock } from '../ports/clock.ts';
import type { Comment, Forge, PullRequest, RepositoryForge } from '../ports/forge.ts';
import { PLAN_CHECK } from '../replies/checks.ts';
import { mayWrite } from './authorise.ts';
import type { LoadSettings } from './load-settings.ts';
import { planPathOf } from './plan-path.ts';
import { planWorkflowOf } from './start-planning.ts';
import type { ComponentView, PlanView, TaskView, Verdict, WorkState } from './view.ts';

export interface Observer {
  readonly forge: Forge;
  readonly clock: Clock;
  readonly settings: LoadSettings;
  /** What the engine knows of a workflow. */
  readonly work: <R>(workflow: string) => Promise<WorkState<R>>;
}

/**
 * Reads one task's state from GitHub and the engine, writing nothing. Null when the issue is gone. Where there is no task and
 * nobody asks for one, it stops after the issue and its comments.
 */
export async function observe(
  task: TaskRef,
  signal: Signal,
  { forge, clock, settings, work }: Observer,
): Promise<TaskView | null> {
  const at = new Date(clock.now()).toISOString();
  const repo = forge.repository(task.repository);
  const issue = await repo.issue(task.issue);
  if (!issue || issue.isPullRequest) return null;
  const status = (await repo.comments(task.issue)).find((c) => c.mine && isStatusOf(c.body, task.issue)) ?? null;
  const loaded = await settings(repo);
  const permission = 'by' in signal ? await repo.permission(signal.by) : null;
  const path = loaded.ok ? planPathOf(loaded.value, task.issue) : null;
  const written = status ? parseRecord(status.body) : null;
  const plan = path === null ? null : await observePlan(repo, task.issue, path, written);
  const record = written ?? (plan ? revive(plan, issue.author.login, at) : null);
  const view: TaskView = {
    task,
    at,
    issue,
    settings: loaded,
    status: status ? pick(status) : null,
    record,
    plan,
    planWork: { kind: 'absent' },
    components: {},
    permission,
  };
  if (!record) return view;
  const planWork = record.planning.phase === 'running' ? await work<PlanResult>(planWorkflowOf(task, record)) : view.planWork;
  return { ...view, planWork, components: await observeComponents(repo, task, record, plan, work) };
}

const pick = ({ id, body, url }: Comment): TaskView['status'] => ({ id, body, url });

async function observePlan(
  repo: RepositoryForge,
  issue: number,
  path: string,
  record: TaskRecord | null,
): Promise<PlanView | null> {
  const branch: BranchName = { issue, part: 'plan', generation: record?.planning.generation ?? 1 };
  const pull = newestOf(await repo.pullRequestsFrom(renderBranchName(branch)), issue);
  if (!pull) return null;
  const file = await repo.file(path, pull.headSha);
  const checks = await repo.checkRuns(pull.headSha, PLAN_CHECK);
  return {
    pull,
    branch,
    path,
    blob: file?.sha ?? null,
    file: file ? planOf(file.text) : null,
    check: checks.find((c) => c.mine && c.status === 'completed') ?? null,
    verdicts: await verdicts(repo, pull, path, file?.sha ?? null),
  };
}

function planOf(text: string): PlanView['file'] {
  const parsed = parsePlanFile(text);
  return parsed.ok ? { ok: true, value: parsed.value.plan } : parsed;
}

/** Anybody with push access could open a pull request from our branch name; only what this App wrote, with its marker, counts. */
const newestOf = (pulls: readonly PullRequest[], issue: number): PullRequest | null =>
  pulls.find((p) => p.mine && issueOfPullRequestBody(p.body) === issue) ?? null;

async function verdicts(repo: RepositoryForge, pull: PullRequest, path: string, headBlob: string | null): Promise<Verdict[]> {
  const latest = new Map<string, { verdict: Verdict['verdict'] | null; commit: string | null }>();
  for (const review of await repo.reviews(pull.number)) {
    if (review.author.bot || review.state === 'commented' || review.state === 'pending') continue;
    latest.set(review.author.login, { verdict: review.state === 'dismissed' ? null : review.state, commit: review.commit });
  }
  const found: Verdict[] = [];
  for (const [by, { verdict, commit }] of latest) {
    if (verdict === null || !mayWrite(await repo.permission(by))) continue;
    const blob = commit === pull.headSha ? headBlob : commit === null ? null : ((await repo.file(path, commit))?.sha ?? null);
    found.push({ by, verdict, blob });
  }
  return found;
}

/** The status comment was deleted, but the plan's pull request says enough to go on. */
function revive(plan: PlanView, author: string, at: string): TaskRecord | null {
  const marker = parsePlanMarker(plan.pull.body);
  if (!marker) return null;
  return {
    version: 1,
    trigger: { by: author, at, digest: '' },
    cancelled: false,
    planning: {
      phase: 'ready',
      revision: marker.revision,
      generation: plan.branch.generation,
      attempt: 1,
      reason: null,
      questions: [],
      spend: [],
    },
    plan_pull: plan.pull.number,
    approvals: [],
    components: {},
  };
}

async function observeComponents(
  repo: RepositoryForge,
  task: TaskRef,
  record: TaskRecord,
  plan: PlanView | null,
  work: Observer['work'],
): Promise<Record<string, ComponentView>> {
  const planned = plan?.file?.ok ? plan.file.value.components.map((c) => c.id) : [];
  // Before anything was started there is nothing to look for, unless the record was lost.
  const ids =
    Object.keys(record.components).length > 0 || record.trigger.digest === ''
      ? [...new Set([...Object.keys(record.components), ...planned])]
      : [];
  const seen: Record<string, ComponentView> = {};
  for (const id of ids) {
    const c = record.components[id];
    const branch = renderBranchName({ issue: task.issue, part: id, generation: c?.generation ?? 1 });
    const pull =
      c?.state === 'merged' && c.pull !== null
        ? await repo.pullRequest(c.pull)
        : newestOf(await repo.pullRequestsFrom(branch), task.issue);
    seen[id] = {
      pull,
      work: c?.state === 'running' ? await work<ComponentResult>(componentWorkflowId(task, id, c.attempt)) : { kind: 'absent' },
    };
  }
  return seen;
}
