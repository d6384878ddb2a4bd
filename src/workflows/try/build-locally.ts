import type { LoopPorts } from '../../agent/loop.ts';
import type { Spend } from '../../domain/model/spend.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { Blocker } from '../../domain/task/task.ts';
import { type ExecutionJob, findingsOn, implementComponent } from '../../executor/implement.ts';
import { loadPlanFile } from '../../plan-file/load.ts';
import { localCommitMessage, localJoinMessage } from '../../replies/pages/local-commit.ts';
import { conformanceNote } from '../../replies/phrases/conformance-report.ts';
import { unfit } from '../../replies/phrases/gate-findings.ts';
import { scopePolicyOf } from '../../settings/scope-policy.ts';
import { step } from '../engine/steps.ts';
import { type Implemented, reviewAgainstPlan, reviewerOf } from '../shared/conformance-review.ts';
import type { TryPorts } from './ports.ts';
import { recordTurns } from './record-turns.ts';

/** One attempt at one component. */
export interface LocalBuildWork {
  readonly component: string;
  readonly branch: string;
  /** The approved PLAN.md, and its git blob. */
  readonly planFile: string;
  readonly blob: string;
  /** The branches it is built on: none for HEAD, one to be stacked on, several to be joined first. */
  readonly parents: readonly { readonly branch: string; readonly commit: string }[];
}

export type LocalBuildResult =
  /** `from`: the commit it was built on. */
  | {
      readonly kind: 'built';
      readonly branch: string;
      readonly commit: string;
      readonly from: string;
      readonly summary: string;
      readonly spend: readonly Spend[];
    }
  | { readonly kind: 'blocked'; readonly blocker: Blocker; readonly spend: readonly Spend[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly spend: readonly Spend[] };

/** From an approved plan to one component's branch, or to a blocker. */
export async function buildLocally(ports: TryPorts, work: LocalBuildWork): Promise<LocalBuildResult> {
  const { subject, snapshots, branches } = ports;
  const { settings, repository } = subject;
  const failed = (reason: string, spend: readonly Spend[] = []): LocalBuildResult => ({ kind: 'failed', reason, spend });
  const parsed = await loadPlanFile(work.planFile);
  const component = parsed.ok ? parsed.value.plan.components.find(({ id }) => id === work.component) : undefined;
  if (!component) return failed('the approved plan can no longer be read.');
  const base = await step('base', () => joined(ports, work));
  if (!base.ok) return failed(base.reason);
  const snapshot = await snapshots.open(repository, base.value);
  const job: ExecutionJob = {
    models: [settings.models.executor.model, ...settings.models.executor.fallback],
    effort: settings.models.executor.effort,
    maxTurns: settings.execution.max_turns,
    planFile: work.planFile,
    cacheKey: `execute:${repository.name}#${subject.number}:${work.blob.slice(0, 12)}`,
    component,
    instructions: settings.execution.instructions,
    snapshot,
    base: await snapshots.open(repository, subject.head),
    given: [],
    conflicts: [],
    situation: null,
    mayBeUnchanged: false,
    extraPaths: settings.execution.extra_paths,
    policy: scopePolicyOf(settings, subject.number),
  };
  const loop = recordTurns(ports, component.id);
  const { end, changes: written } = await implementComponent(job, loop);
  if (end.kind === 'failed') return failed(end.reason, end.spend);
  if (end.final.kind === 'blocked') return { kind: 'blocked', blocker: end.final.blocker, spend: end.spend };
  const findings = await findingsOn(written, job);
  if (findings.length > 0) return failed(unfit(findings), end.spend);
  const done = await conformed(job, reviewerOf(settings), loop, { changes: written, summary: end.final.summary });
  const spend = [...end.spend, ...done.spend];
  if (done.kind === 'blocked') return { kind: 'blocked', blocker: done.blocker, spend };
  const { changes, summary } = done;
  const commit = await step('commit', async () =>
    branches.commit({
      tree: await snapshot.treeWith(changes),
      parents: [base.value],
      message: localCommitMessage(component, work.blob),
    }),
  );
  const made = await step('branch', () => branches.create(work.branch, commit));
  if (!made.ok) return failed(made.reason, spend);
  return { kind: 'built', branch: work.branch, commit, from: base.value, summary, spend };
}

/** The change after its review against the plan, where the settings ask for one; what remains comes before the summary. */
async function conformed(
  job: ExecutionJob,
  reviewer: ReturnType<typeof reviewerOf>,
  loop: LoopPorts,
  done: Implemented,
): Promise<
  | Pick<Extract<LocalBuildResult, { kind: 'blocked' }>, 'kind' | 'blocker' | 'spend'>
  | (Implemented & { readonly kind: 'built'; readonly spend: readonly Spend[] })
> {
  if (reviewer === null) return { ...done, kind: 'built', spend: [] };
  const reviewed = await reviewAgainstPlan(job, reviewer, loop, done);
  const spend = [...reviewed.report.spend, ...reviewed.spend];
  if (reviewed.kind === 'blocked') return { kind: 'blocked', blocker: reviewed.blocker, spend };
  const note = conformanceNote(reviewed.report);
  const summary = note === '' ? reviewed.summary : `${note}\n\n${reviewed.summary}`;
  return { kind: 'built', changes: reviewed.changes, summary, spend };
}

/**
 * The commit to build on. On GitHub a component with several unmerged dependencies waits until people have merged all but one; here
 * no one merges in between, so their branches are merged into a commit of its own.
 */
async function joined({ subject, snapshots, branches }: TryPorts, work: LocalBuildWork): Promise<Outcome<string>> {
  const [first, ...others] = work.parents;
  if (first === undefined) return success(subject.head);
  const open = (commit: string) => snapshots.open(subject.repository, commit);
  let commit = first.commit;
  for (const other of others) {
    const [from, onto, ours] = await Promise.all([open(subject.head), open(commit), open(other.commit)]);
    const { changes, conflicts } = await onto.merge(from, { snapshot: ours, name: other.branch }, first.branch);
    if (conflicts.length > 0) return failure(`the branches it depends on change the same lines of ${conflicts.join(', ')}.`);
    const tree = await onto.treeWith(changes);
    const message = localJoinMessage(work.component, other.branch);
    commit = await branches.commit({ tree, parents: [commit, other.commit], message });
  }
  return success(commit);
}
