import type { Spend } from '../../domain/model/spend.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { Blocker } from '../../domain/task/task.ts';
import { type ExecutionJob, findingsOn, implementComponent } from '../../executor/implement.ts';
import { loadPlanFile } from '../../plan-file/load.ts';
import { localCommitMessage, localJoinMessage } from '../../replies/pages/local-commit.ts';
import { unfit } from '../../replies/phrases/gate-findings.ts';
import { scopePolicyOf } from '../../settings/scope-policy.ts';
import { step } from '../engine/steps.ts';
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
  const { end, changes } = await implementComponent(job, recordTurns(ports, component.id));
  const { spend } = end;
  if (end.kind === 'failed') return failed(end.reason, spend);
  if (end.final.kind === 'blocked') return { kind: 'blocked', blocker: end.final.blocker, spend };
  const findings = await findingsOn(changes, job);
  if (findings.length > 0) return failed(unfit(findings), spend);
  const commit = await step('commit', async () =>
    branches.commit({
      tree: await snapshot.treeWith(changes),
      parents: [base.value],
      message: localCommitMessage(component, work.blob),
    }),
  );
  const made = await step('branch', () => branches.create(work.branch, commit));
  if (!made.ok) return failed(made.reason, spend);
  const { summary } = end.final;
  return { kind: 'built', branch: work.branch, commit, from: base.value, summary, spend };
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
