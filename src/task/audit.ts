import type { Spend } from '../domain/model/spend.ts';
import type { Signal } from '../domain/task/signal.ts';
import { taskKey } from '../domain/task/task.ts';
import type { TaskRecord } from '../domain/task/task-record.ts';
import type { WorkResult } from '../domain/task/work.ts';
import { parseWorkId } from '../domain/task/work-id.ts';
import type { AuditEntry } from '../ports/history.ts';
import { isDone } from './model/done.ts';
import type { Approver, TaskView } from './model/view.ts';
import { approversOf } from './planning/approval.ts';

/**
 * What is new for the audit: who approved what, what came of it, and at what price. It is read off what was observed and decided, so that a
 * signal which is handled twice gives the same entries under the same keys.
 * @param serverUrl GitHub's address for people.
 */
export function auditOf(view: TaskView, signal: Signal, record: TaskRecord, serverUrl: string): AuditEntry[] {
  const repository = `${serverUrl}/${view.task.repository.owner}/${view.task.repository.name}`;
  return [
    started(view, record, repository),
    ...approvals(view, record, repository),
    ...(signal.kind === 'finished' ? finished(view, signal, record, repository) : []),
    ...merges(view, record, repository),
    ...endings(view, signal, record, repository),
  ];
}

type Named = Pick<AuditEntry, 'key' | 'kind' | 'at'> & Partial<AuditEntry>;

const entry = (named: Named): AuditEntry => ({
  by: null,
  way: null,
  component: null,
  blob: null,
  pull: null,
  commit: null,
  source: null,
  usd: null,
  text: null,
  plan: null,
  ...named,
});

const started = ({ task }: TaskView, { trigger }: TaskRecord, repository: string): AuditEntry =>
  entry({
    key: `started:${trigger.at}`,
    kind: 'started',
    at: trigger.at,
    by: trigger.by,
    source: `${repository}/issues/${task.issue}`,
  });

/** Each person's approval of each text, whether or not more people have to approve it. */
function approvals({ at, plan, settings, issue }: TaskView, record: TaskRecord, repository: string): AuditEntry[] {
  if (plan?.blob == null || !settings.ok) return [];
  const { blob } = plan;
  const pull = plan.pull.number;
  return approversOf(plan, record, issue.author, settings.value.approval).map((approver) =>
    entry({
      key: `approved:${blob}:${approver.way}:${approver.identity}`,
      kind: 'approved',
      at: approver.at ?? at,
      by: approver.by,
      way: approver.way,
      blob,
      pull,
      commit: plan.pull.headSha,
      source: sourceOf(approver, `${repository}/pull/${pull}`),
      plan: plan.file?.ok ? plan.file.value : null,
    }),
  );
}

const sourceOf = ({ review, url }: Approver, pull: string): string =>
  url ?? (review === undefined ? pull : `${pull}#pullrequestreview-${review}`);

/** What a piece of work has brought, and what that cost. */
function finished(
  { at, task }: TaskView,
  { workflow, result }: Extract<Signal, { kind: 'finished' }>,
  record: TaskRecord,
  repository: string,
): AuditEntry[] {
  const id = parseWorkId(workflow);
  const component = id?.kind === 'component' ? id.component : null;
  const known = component === null ? null : record.components[component];
  const common = { key: `ended:${workflow}`, at, component, by: modelOf(result.spend), usd: costOf(result.spend) };
  const onIssue = `${repository}/issues/${task.issue}`;
  switch (result.kind) {
    case 'planned': {
      const { blob, pull } = result;
      return [entry({ ...common, kind: 'planned', blob, pull, source: `${repository}/pull/${pull}` })];
    }
    case 'opened': {
      const { pull, head } = result;
      const blob = known?.built?.blob ?? known?.goal?.blob ?? null;
      return [entry({ ...common, kind: 'published', blob, pull, commit: head, source: `${repository}/pull/${pull}` })];
    }
    case 'blocked':
      return [entry({ ...common, kind: 'blocked', text: blockerText(result), source: onIssue })];
    case 'failed':
    case 'withdrawn':
      return [entry({ ...common, kind: 'failed', text: result.reason, source: onIssue })];
    case 'questions':
      return [entry({ ...common, kind: 'answered', text: 'Questions before planning', source: onIssue })];
    case 'answered':
      return [entry({ ...common, kind: 'answered', text: 'Answer to a question', source: onIssue })];
    case 'reviewed':
      return [entry({ ...common, kind: 'answered', text: 'Review of the whole', source: onIssue })];
  }
}

const blockerText = ({ blocker }: Extract<WorkResult, { kind: 'blocked' }>): string =>
  `${blocker.kind.replaceAll('_', ' ')}: ${blocker.evidence}`;

const modelOf = (spend: readonly Spend[]): string | null => spend.at(-1)?.model ?? null;

const costOf = (spend: readonly Spend[]): number | null =>
  spend.reduce<number | null>((sum, { usd }) => (sum === null || usd === null ? null : sum + usd), 0);

const merges = ({ at, record: before, components }: TaskView, record: TaskRecord, repository: string): AuditEntry[] =>
  Object.entries(record.components).flatMap(([component, { state, pull, built }]) => {
    if (state !== 'merged' || before?.components[component]?.state === 'merged') return [];
    const seen = components[component]?.pull ?? null;
    return [
      entry({
        key: `merged:${component}:${pull}`,
        kind: 'merged',
        at,
        component,
        pull,
        blob: built?.blob ?? null,
        by: seen?.mergedBy?.login ?? null,
        commit: seen?.mergeCommit ?? components[component]?.landedAt ?? null,
        source: pull === null ? null : `${repository}/pull/${pull}`,
      }),
    ];
  });

function endings(
  { at, task, record: before, plan }: TaskView,
  signal: Signal,
  record: TaskRecord,
  repository: string,
): AuditEntry[] {
  const source = `${repository}/issues/${task.issue}`;
  const cancelled = record.cancelled && before?.cancelled === false;
  const approved = plan?.file?.ok ? plan.file.value : null;
  const done = isDone(record, approved) && !(before !== null && isDone(before, approved));
  const by = 'by' in signal ? signal.by : null;
  return [
    ...(cancelled ? [entry({ key: `cancelled:${at}`, kind: 'cancelled', at, by, source })] : []),
    ...(done ? [entry({ key: `done:${record.planning.generation}:${taskKey(task)}`, kind: 'done', at, source })] : []),
  ];
}
