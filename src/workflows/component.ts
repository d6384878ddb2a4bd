import type { LoopPorts } from '../agent/loop.ts';
import { isStatusOf, parseComponentMarker, parseRecord } from '../domain/marker.ts';
import type { Component, Plan } from '../domain/plan.ts';
import type { RepositoryRef } from '../domain/repository.ts';
import { outOfScope } from '../domain/scope.ts';
import { specHash } from '../domain/spec-hash.ts';
import { type Spend, type TaskRef, taskKey } from '../domain/task.ts';
import type { ComponentResult, ComponentWork } from '../domain/work.ts';
import { carryOut, findingsOn } from '../executor/carry-out.ts';
import { parsePlanFile } from '../plan-file/parse.ts';
import type { RepositoryForge } from '../ports/forge.ts';
import { commitChanges, putBranch } from '../publishing/commit.ts';
import { markPullRequest, PLANWRIGHT_LABEL, putPullRequest } from '../publishing/pull-request.ts';
import { outsideScope, withinScope } from '../replies/checks.ts';
import { componentBody, componentCommitMessage, componentTitle } from '../replies/component-pull-request.ts';
import { unfit } from '../replies/unfit.ts';
import type { Settings } from '../settings/repository-settings.ts';
import { observe } from '../task/observe.ts';
import { scopePolicyOf } from '../task/scope-policy.ts';
import { costlyStep, step, workOf } from './engine.ts';
import { openSnapshot } from './open-snapshot.ts';
import type { WorkflowPorts } from './ports.ts';

/** What the executor works from, read once, so that a restart works from the same. */
interface Prepared {
  readonly settings: Settings;
  readonly planFile: string;
  readonly base: string;
  /** The commit the work starts from: the branch's head where there is a branch already, else the base's. */
  readonly parent: string;
  /** The branch's head, when an earlier run of this very work had made it already. */
  readonly made: string | null;
}

/** From an approved plan to one component's pull request, or to a blocker. */
export async function executeComponent(ports: WorkflowPorts, work: ComponentWork): Promise<ComponentResult> {
  const { task } = work;
  const repo = ports.forge.repository(task.repository);
  const prepared = await step('prepare', () => prepare(ports, repo, work));
  if ('unusable' in prepared) return { kind: 'failed', reason: prepared.unusable, spend: [] };
  const parsed = parsePlanFile(prepared.planFile);
  if (!parsed.ok) return { kind: 'failed', reason: 'the approved PLAN.md can no longer be read.', spend: [] };
  const { plan } = parsed.value;
  const component = plan.components.find((c) => c.id === work.component);
  if (!component) return { kind: 'withdrawn', reason: 'the plan no longer has this component.', spend: [] };
  if (prepared.made !== null) {
    return openPullRequest(ports, repo, work, prepared, plan, component, { head: prepared.made, summary: null, spend: [] });
  }

  const { settings, parent } = prepared;
  const snapshot = await openSnapshot(ports, task.repository, parent);
  const loop: LoopPorts = { ...ports, record: costlyStep };
  const scope = { component, extraPaths: settings.execution.extra_paths, policy: scopePolicyOf(settings, task.issue) };
  const { end, changes } = await carryOut(
    {
      ...scope,
      models: [settings.models.executor.model, ...settings.models.executor.fallback],
      effort: settings.models.executor.effort,
      maxTurns: settings.execution.max_turns,
      planFile: prepared.planFile,
      cacheKey: `execute:${taskKey(task)}:${work.blob.slice(0, 12)}`,
      instructions: settings.execution.instructions,
      snapshot,
    },
    loop,
  );
  const { spend } = end;
  if (end.kind === 'failed') return { kind: 'failed', reason: end.reason, spend };
  if (end.final.kind === 'blocked') return { kind: 'blocked', blocker: end.final.blocker, spend };

  const findings = await findingsOn(changes, { ...scope, snapshot });
  if (findings.length > 0) return { kind: 'failed', reason: unfit(findings), spend };
  if (!(await step('confirm', () => stillWanted(ports, work))))
    return { kind: 'withdrawn', reason: 'the plan changed or the task was stopped meanwhile.', spend };
  const commit = await step('commit', () =>
    commitChanges(repo, snapshot, changes, componentCommitMessage(component, task.issue, work.blob)),
  );
  const put = await step('branch', () => putBranch(repo, work.branch, commit, parent));
  if (!put.ok) return { kind: 'failed', reason: put.reason, spend };
  return openPullRequest(ports, repo, work, prepared, plan, component, { head: commit, summary: end.final.summary, spend });
}

async function prepare(
  ports: WorkflowPorts,
  repo: RepositoryForge,
  work: ComponentWork,
): Promise<Prepared | { unusable: string }> {
  const settings = await ports.settings.load(repo);
  if (!settings.ok) return { unusable: '`.github/planwright.yml` cannot be used; the status comment says which lines.' };
  const file = await repo.file(work.planPath, work.planCommit);
  if (file?.sha !== work.blob) return { unusable: 'the approved PLAN.md cannot be found any more.' };
  const base = await repo.defaultBranch();
  const head = await repo.branchHead(work.branch);
  const message = head === null ? '' : (await repo.commit(head)).message;
  const made = message.includes(`\nPlanwright-Plan: ${work.blob}\nPlanwright-Component: ${work.component}`);
  return { settings: settings.value, planFile: file.text, base: base.name, parent: head ?? base.sha, made: made ? head : null };
}

/** Asked right before anything is published: approved still, by this spec, and nobody has stopped it. */
async function stillWanted(ports: WorkflowPorts, { task, component, spec }: ComponentWork): Promise<boolean> {
  const view = await observe(task, { kind: 'hint' }, { ...ports, settings: ports.settings.load, work: workOf });
  if (!view?.record || view.record.cancelled || view.issue.state === 'closed') return false;
  const plan = view.plan?.file?.ok ? view.plan.file.value : null;
  return plan?.components.some((c) => c.id === component) === true && specHash(plan, component) === spec;
}

/** A commit that is on its branch, and what is known of how it came to be. */
interface Made {
  readonly head: string;
  readonly summary: string | null;
  readonly spend: readonly Spend[];
}

async function openPullRequest(
  ports: WorkflowPorts,
  repo: RepositoryForge,
  work: ComponentWork,
  { settings, base }: Prepared,
  plan: Plan,
  component: Component,
  { head, summary, spend }: Made,
): Promise<ComponentResult> {
  const { task, branch, blob } = work;
  const siblings = await step('siblings', () => siblingsOf(repo, task, plan));
  const text = {
    title: componentTitle(component, task.issue),
    body: componentBody({
      issue: task.issue,
      blob,
      planPull: work.planPull,
      plan,
      component,
      summary,
      spend,
      siblings: new Map(siblings),
    }),
  };
  const pull = await step('pull request', () => putPullRequest(repo, branch, base, text));
  if (!pull.ok) return { kind: 'failed', reason: pull.reason, spend };
  await step('label', () => markPullRequest(repo, pull.value.number));
  await step('scope check', async () => {
    const changed = await pathsChangedBy(ports, repo, task.repository, head);
    const policy = scopePolicyOf(settings, task.issue);
    const outside = changed.flatMap((path) => {
      const reason = outOfScope(component, settings.execution.extra_paths, path, policy);
      return reason === null ? [] : [{ path, reason }];
    });
    await repo.reportCheck(head, outside.length > 0 ? outsideScope(outside) : withinScope(changed.length));
  });
  return { kind: 'opened', pull: pull.value.number, spend };
}

/**
 * The plan's pull requests so far, merged ones included, by component id: those the record knows, and open ones that are so new that
 * it does not.
 */
async function siblingsOf(repo: RepositoryForge, task: TaskRef, plan: Plan): Promise<[string, number][]> {
  const found = new Map<string, number>();
  const status = (await repo.comments(task.issue)).find((c) => c.mine && isStatusOf(c.body, task.issue));
  const record = status ? parseRecord(status.body) : null;
  for (const [id, { pull }] of Object.entries(record?.components ?? {})) if (pull !== null) found.set(id, pull);
  for (const pull of await repo.pullRequestsLabelled(PLANWRIGHT_LABEL)) {
    const marker = pull.mine ? parseComponentMarker(pull.body) : null;
    if (marker?.issue === task.issue) found.set(marker.id, pull.number);
  }
  return [...found].filter(([id]) => plan.components.some((c) => c.id === id));
}

/** Read from the published commit itself, not from what we meant to publish. */
async function pathsChangedBy(
  ports: WorkflowPorts,
  repo: RepositoryForge,
  repository: RepositoryRef,
  head: string,
): Promise<string[]> {
  const [parent] = (await repo.commit(head)).parents;
  const after = await (await openSnapshot(ports, repository, head)).entries();
  const before = parent === undefined ? new Map() : await (await openSnapshot(ports, repository, parent)).entries();
  const paths = new Set([...after.keys(), ...before.keys()]);
  return [...paths].filter((p) => after.get(p)?.oid !== before.get(p)?.oid || after.get(p)?.mode !== before.get(p)?.mode).sort();
}
