import type { Limits } from '../../domain/model/budget.ts';
import type { Spend } from '../../domain/model/spend.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { renderRecord, renderStatusMarker } from '../../domain/task/marker.ts';
import type { ComponentRecord, ComponentState, TaskRecord, TaskState } from '../../domain/task/task.ts';
import { inlineCode, sanitizeCell, sanitizeLine, sanitizeMarkdown } from '../../text/sanitize-markdown.ts';
import { shareOfLimit } from '../phrases/budget.ts';
import { cost, count, duration, totalSpend } from '../phrases/figures.ts';
import { answeringModels, modelFallbacks } from '../phrases/model-fallbacks.ts';
import { type Checked, pendingOn } from './pending-checks.ts';
import { truncateRecord } from './truncate-record.ts';

export interface StatusFacts {
  readonly issue: number;
  readonly state: TaskState;
  readonly record: TaskRecord;
  /** The plan at the head of its pull request, where it can be read. */
  readonly plan: Plan | null;
  readonly planPull: { readonly number: number; readonly state: 'open' | 'closed'; readonly merged: boolean } | null;
  readonly planCheck: string | null;
  readonly approval: {
    readonly by: readonly string[];
    readonly required: number;
    readonly objections: readonly string[];
    readonly ways: readonly string[];
  };
  /** Components' open pull requests. */
  readonly checked: readonly Checked[];
  /** What the task may spend; null when the settings cannot be read. */
  readonly limits: Limits | null;
  readonly settingsFindings: readonly { readonly line: number; readonly message: string }[];
}

/** GitHub takes 65,536 characters. What is longer is cut at the end, where the record is, and the task would be lost with it. */
const ROOM = 65_000;
/** Characters of each text a model wrote: as much as leaves room for the record. */
const TEXT_LIMITS = [2_000, 500, 100, 20];

/** The one comment that tells where a task stands: for people in front, for the program in the marker at its end. */
export function statusComment(facts: StatusFacts): string {
  let body = '';
  for (const max of TEXT_LIMITS) {
    body = compose({ ...facts, record: truncateRecord(facts.record, max) });
    if (body.length <= ROOM) break;
  }
  return body;
}

function compose(facts: StatusFacts): string {
  const { record, plan } = facts;
  return [
    renderStatusMarker(facts.issue, facts.state),
    `**Planwright: ${facts.state}.** ${sentence(facts)}`,
    ...openQuestions(facts),
    ...warnings(facts),
    ...(plan && facts.state !== 'planning' ? ['', graph(plan, record)] : []),
    '',
    table(facts),
    ...outagesOf(facts.record),
    '',
    `**Next:** ${nextStep(facts)}`,
    '',
    '<sub>`/help` lists the commands.</sub>',
    renderRecord(record),
  ].join('\n');
}

function sentence({ state, record, planPull }: StatusFacts): string {
  const { planning } = record;
  const plan = planPull ? `#${planPull.number}` : 'the plan';
  const names = (wanted: ComponentState): string[] =>
    Object.entries(record.components)
      .filter(([, c]) => c.state === wanted)
      .map(([id]) => `\`${id}\``);
  switch (state) {
    case 'planning':
      return planning.revision > 1
        ? `Revision ${planning.revision} of the plan is being made.`
        : 'The repository is being read and a plan is being made.';
    case 'questions':
      return 'The planner has asked questions before it plans.';
    case 'review':
      if (record.stale?.accepted === false) {
        return `Revision ${planning.revision} of the plan in ${plan} is approved, but files it changes have changed since it was made: ${record.stale.files.map(inlineCode).join(', ')}.`;
      }
      return `Revision ${planning.revision} of the plan is in ${plan}.`;
    case 'executing':
      if (record.review === 'running') return 'Every component is merged, and the planner compares the result with the plan.';
      return `The plan in ${plan} is approved and being carried out: ${phrase(record)}.`;
    case 'blocked':
      return `Nothing moves by itself any more: ${phrase(record)}.`;
    case 'cancelled':
      return 'Stopped on request. Pull requests and approvals stay as they are.';
    case 'failed':
      return sanitizeMarkdown(`Planning stopped: ${planning.reason ?? 'for an unknown reason'}`);
    case 'done':
      return `Every component is merged${names('dropped').length > 0 ? ` but ${names('dropped').join(', ')}, which was dropped` : ''}.`;
  }
}

function phrase(record: TaskRecord): string {
  const counts = new Map<ComponentState, number>();
  for (const c of Object.values(record.components)) counts.set(c.state, (counts.get(c.state) ?? 0) + 1);
  return counts.size === 0 ? 'about to start' : [...counts].map(([state, n]) => `${n} ${state}`).join(', ');
}

function nextStep({ state, record, planPull, planCheck, approval, checked, settingsFindings }: StatusFacts): string {
  if (settingsFindings.length > 0 && !['cancelled', 'failed', 'done'].includes(state))
    return 'somebody mends `.github/planwright.yml` on the default branch; then it goes on by itself.';
  const plan = planPull ? `#${planPull.number}` : 'the plan';
  switch (state) {
    case 'planning':
      return 'nothing from anybody; the plan arrives as a pull request.';
    case 'questions':
      return 'somebody with write access answers here and comments `/plan`.';
    case 'review': {
      if (record.stale?.accepted === false)
        return '`/replan` makes the plan anew from the files as they are now, `/execute` goes on with it as it is.';
      if (!planPull) return 'the plan cannot be found; `/replan` makes it again.';
      if (planPull.state === 'closed' && !planPull.merged)
        return `${plan} was closed. \`/execute\` or reopening it goes on with it, \`/replan\` opens the next one, \`/cancel\` ends the task.`;
      if (planCheck === 'failure')
        return `the check \`planwright / plan\` fails on ${plan}; somebody with write access mends PLAN.md there or comments \`/replan\`.`;
      if (planCheck === null) return `the check \`planwright / plan\` on ${plan} is about to run.`;
      if (approval.objections.length > 0)
        return `${approval.objections.map((l) => `@${l}`).join(', ')} asked for changes; \`/replan\` makes a new revision.`;
      const missing = approval.required - approval.by.length;
      return `${missing === 1 ? 'somebody with write access approves' : `${missing} more people with write access approve`} ${plan} (${approval.ways.map((w) => WAYS[w] ?? w).join(', ')}), or comments \`/replan\`.`;
    }
    case 'executing': {
      if (record.review === 'running') return 'nothing from anybody; the issue is closed when the comparison is posted.';
      const drafts = new Set(checked.filter((c) => c.draft).map((c) => c.number));
      const open = Object.values(record.components).filter((c) => c.state === 'open' && c.pull !== null && !drafts.has(c.pull));
      const steps = [
        ...checked.flatMap((c) => pendingOn(c) ?? []),
        ...(open.length > 0 ? [`somebody with write access reviews and merges ${inMergeOrder(open, record)}`] : []),
      ];
      return steps.length > 0 ? `${steps.join('; ')}.` : 'nothing from anybody; pull requests arrive as components are finished.';
    }
    case 'blocked': {
      // What is held comes back with what it is held by.
      const detectLoop = Object.entries(record.components).filter(([, c]) => STUCK.includes(c.state));
      const ids = new Set(detectLoop.map(([id, c]) => c.held_by ?? id));
      return `somebody with write access comments \`/execute ${[...ids].join(' ')}\` to try again, or \`/replan\` to change the plan.`;
    }
    case 'cancelled':
      return record.plan_pull === null ? '`/plan` starts again.' : '`/execute` goes on with the plan, `/plan` plans anew.';
    case 'failed':
      return 'somebody with write access comments `/replan`, with feedback for the planner if it helps.';
    case 'done':
      return 'nothing. `/plan` would start another plan for this issue.';
  }
}

/** What stands on another is merged after it. */
function inMergeOrder(open: readonly ComponentRecord[], { components }: TaskRecord): string {
  const isOnTop = ({ stack }: ComponentRecord): boolean => stack !== null && components[stack.on]?.state !== 'merged';
  const list = (those: readonly ComponentRecord[]): string => those.map((c) => `#${c.pull}`).join(', ');
  const [below, above] = [open.filter((c) => !isOnTop(c)), open.filter(isOnTop)];
  return above.length > 0 && below.length > 0 ? `${list(below)}, then ${list(above)} on top` : list(open);
}

const WAYS: Record<string, string> = { review: 'approving review', merge: 'merge', command: '`/execute`' };
const STUCK: readonly ComponentState[] = ['blocked', 'failed', 'held'];

const COLOURS: Record<ComponentState, string> = {
  waiting: 'fill:#eaeef2,stroke:#8c959f,color:#1f2328',
  running: 'fill:#ddf4ff,stroke:#0969da,color:#0a3069',
  open: 'fill:#fff8c5,stroke:#9a6700,color:#4d2d00',
  blocked: 'fill:#ffebe9,stroke:#cf222e,color:#82071e',
  failed: 'fill:#ffebe9,stroke:#cf222e,color:#82071e',
  held: 'fill:#f6f8fa,stroke:#8c959f,color:#57606a,stroke-dasharray:4',
  dropped: 'fill:#f6f8fa,stroke:#d0d7de,color:#8c959f,stroke-dasharray:4',
  merged: 'fill:#dafbe1,stroke:#1a7f37,color:#0f5323',
};

function graph(plan: Plan, record: TaskRecord): string {
  const node = new Map(plan.components.map((c, i) => [c.id, `c${i}`]));
  const state = (id: string): ComponentState => record.components[id]?.state ?? 'waiting';
  const used = [...new Set(plan.components.map((c) => state(c.id)))];
  return [
    '```mermaid',
    'flowchart LR',
    ...plan.components.map((c) => `  ${node.get(c.id)}["${c.id}"]:::${state(c.id)}`),
    ...plan.components.flatMap((c) => c.depends_on.map((d) => `  ${node.get(d)} --> ${node.get(c.id)}`)),
    ...used.map((s) => `  classDef ${s} ${COLOURS[s]}`),
    '```',
  ].join('\n');
}

function table({ plan, record, limits }: StatusFacts): string {
  const { planning } = record;
  const ids = [...new Set([...(plan?.components.map((c) => c.id) ?? []), ...Object.keys(record.components)])];
  const executing = ids.map((id) => record.components[id]?.spend ?? []).filter((spend) => spend.length > 0);
  const all = [...planning.spend, ...executing.flat()];
  const phase = planning.phase === 'running' ? 'being made' : planning.phase;
  const revision = planning.spend.length > 0 ? `revision ${planning.revision}` : phase;
  return [
    '| component | state | pull request | model | turns | tokens | cost | time |',
    '|---|---|---|---|--:|--:|--:|--:|',
    `| *plan* | ${revision} | ${record.plan_pull === null ? '' : `#${record.plan_pull}`} | ${figures(planning.spend)} |`,
    ...ids.map((id) => componentRow(id, record.components[id])),
    ...(executing.length > 1 ? [`| *executing* | | | ${sums(executing.flat(), null)} |`] : []),
    ...(all.length > 0 ? [`| **all** | | | ${sums(all, limits)} |`] : []),
  ].join('\n');
}

function componentRow(id: string, c: ComponentRecord | undefined): string {
  const why = c?.reason ? `: ${sanitizeCell(c.reason.slice(0, 200))}` : '';
  return `| \`${id}\` | ${c?.state ?? 'waiting'}${why} | ${c?.pull ? `#${c.pull}` : ''} | ${figures(c?.spend ?? [])} |`;
}

/** Which models were out and who did their work, each told once. */
function outagesOf({ planning, components }: TaskRecord): string[] {
  const sentences = [planning.spend, ...Object.values(components).map((c) => c.spend)].flatMap(modelFallbacks);
  return sentences.length === 0 ? [] : ['', ...new Set(sentences.map((sentence) => `- ${sentence}`))];
}

/** The last five cells of a row. */
function figures(spends: readonly Spend[]): string {
  if (spends.length === 0) return '| | | |';
  const total = totalSpend(spends);
  const models = answeringModels(spends)
    .map((model) => `\`${model}\``)
    .join(', ');
  return `${models} | ${total.turns} | ${count(total.tokens)} | ${cost(total.usd)} | ${duration(total.ms)}`;
}

/** The same of a sum, measured by what may be spent; there is no time in it, because components run side by side. */
function sums(spends: readonly Spend[], limits: Limits | null): string {
  const total = totalSpend(spends);
  const tokens = shareOfLimit(count(total.tokens), 'tokens', limits);
  return `| ${total.turns} | ${tokens} | ${shareOfLimit(cost(total.usd), 'usd', limits)} |`;
}

function openQuestions({ state, record }: StatusFacts): string[] {
  if (state !== 'questions') return [];
  return ['', ...record.planning.questions.map((q, i) => `${i + 1}. ${sanitizeLine(q.question)}`)];
}

function warnings({ settingsFindings }: StatusFacts): string[] {
  if (settingsFindings.length === 0) return [];
  return [
    '',
    '> [!WARNING]',
    '> `.github/planwright.yml` cannot be used; everything has stopped until it is mended:',
    ...settingsFindings.map((f) => `> line ${f.line}: ${sanitizeLine(f.message)}`),
  ];
}
