import type { Limits } from '../../domain/model/budget.ts';
import type { Spend } from '../../domain/model/spend.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { type ComponentRecord, type ComponentState, reasonOf } from '../../domain/task/component-record.ts';
import { renderRecord, renderStatusMarker } from '../../domain/task/marker.ts';
import type { TaskState } from '../../domain/task/task.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import type { NextStep } from '../../ports/history.ts';
import { inlineCode, sanitizeLine, sanitizeMarkdown } from '../../text/sanitize-markdown.ts';
import { truncate } from '../../text/truncate.ts';
import { shareOfLimit } from '../phrases/budget.ts';
import { cost, count, duration, totalSpend, turnCount } from '../phrases/figures.ts';
import { approvalWays, joinNames } from '../phrases/join-names.ts';
import { answeringModels, modelFallbacks } from '../phrases/model-fallbacks.ts';
import { type Checked, pendingOn } from './pending-checks.ts';
import { truncateRecord } from './truncate-record.ts';

export interface StatusFacts {
  readonly issue: number;
  readonly state: TaskState;
  readonly record: TaskRecord;
  /** The plan at the head of its pull request, where it can be read. */
  readonly plan: Plan | null;
  readonly planPull: {
    readonly number: number;
    readonly state: 'open' | 'closed';
    readonly merged: boolean;
    /** The branch it was merged into, where that is not the one the task is for. */
    readonly mergedInto: string | null;
  } | null;
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
  /** The task's page on the operator's dashboard; null where people cannot reach one. */
  readonly dashboard: string | null;
}

/** GitHub takes 65,536 characters. What is longer is cut at the end, where the record is, and the task would be lost with it. */
const ROOM = 65_000;
/** Characters of each text a model wrote: as much as leaves room for the record. */
const TEXT_LIMITS = [2_000, 500, 100, 20];

/** The one comment that says where a task is: for people in front, for the program in the record at its end. */
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
    headline(facts),
    '',
    nextLine(nextStep(facts)),
    ...(facts.settingsFindings.length > 0 && !pausedBySettings(facts) ? ['', ...settingsErrors(facts)] : []),
    ...(plan && facts.state !== 'planning' ? ['', graph(plan, record)] : []),
    '',
    table(facts),
    ...notes(facts),
    ...details(facts),
    '',
    `<sub>\`/help\` lists the commands.${facts.dashboard === null ? '' : ` [What it is doing, and what it costs](${facts.dashboard})`}</sub>`,
    renderRecord(record),
  ].join('\n');
}

const ENDED: readonly TaskState[] = ['cancelled', 'failed', 'done'];
const pausedBySettings = ({ state, settingsFindings }: StatusFacts): boolean =>
  settingsFindings.length > 0 && !ENDED.includes(state);

/** What people should know, in bold, followed by the details. */
export function headline(facts: StatusFacts): string {
  const { state, record, planPull } = facts;
  const { planning, components } = record;
  if (pausedBySettings(facts))
    return ['**Paused: `.github/planwright.yml` has errors**', '', ...settingsErrors(facts)].join('\n');
  if (record.baseIsGone) return `**Paused: the branch ${inlineCode(record.branches.base ?? '')} was deleted**`;
  const inState = (wanted: ComponentState): string[] =>
    Object.entries(components).flatMap(([id, c]) => (c.state === wanted ? [`\`${id}\``] : []));
  const merged = `${inState('merged').length} of ${componentIds(facts).length} merged`;
  switch (state) {
    case 'planning':
      return planning.revision > 1 ? `**Revising the plan** (revision ${planning.revision})` : '**Writing the plan**';
    case 'questions':
      return [
        '**The planner has questions**',
        '',
        ...planning.questions.map((q, i) => `${i + 1}. ${sanitizeLine(q.question)}`),
      ].join('\n');
    case 'review':
      return planHeadline(facts);
    case 'executing':
      if (record.review === 'running') return '**All components are merged**; the planner is comparing the result with the plan';
      return Object.keys(components).length === 0
        ? `**Plan approved${planPull ? `: #${planPull.number}` : ''}**, starting`
        : `**In progress: ${merged}**${otherCounts(record)}`;
    case 'blocked': {
      const stopped = stoppedComponents(record);
      if (stopped.length === 0) return droppedHeadline(facts);
      const names = joinNames(stopped.map((id) => `\`${id}\``));
      return `**Stuck: ${names} ${stopped.length === 1 ? 'needs' : 'need'} your decision** (${merged}${otherCounts(record)})`;
    }
    case 'cancelled':
      return '**Cancelled**: pull requests and approvals stay as they are';
    case 'failed':
      return `**Planning failed**\n\n${sanitizeMarkdown(planning.reason ?? 'The reason is unknown.')}`;
    case 'done': {
      const dropped = inState('dropped');
      return dropped.length === 0
        ? '**Done: every component is merged**'
        : `**Done: ${merged}**; ${joinNames(dropped)} ${dropped.length === 1 ? 'was' : 'were'} dropped`;
    }
  }
}

/** Nothing else is left but what people have dropped. */
function droppedHeadline({ record, plan }: Pick<StatusFacts, 'record' | 'plan'>): string {
  const dropped = droppedByPeople(record).map((id) => `\`${id}\``);
  const merged = Object.values(record.components).filter((c) => c.state === 'merged').length;
  const what = merged === 0 ? 'Nothing merged' : `${merged} of ${componentIds({ plan, record }).length} merged`;
  if (dropped.length === 0) return `**${what}**, and nothing is left to do`;
  return `**${what}: ${joinNames(dropped)} ${dropped.length === 1 ? 'was' : 'were'} closed**`;
}

function planHeadline({ record, planPull, planCheck, approval }: StatusFacts): string {
  if (!planPull) return "**The plan's pull request cannot be found**";
  const says = (what: string): string => `**${what}: #${planPull.number}** (revision ${record.planning.revision})`;
  if (record.stale?.accepted === false) {
    const files = record.stale.files.map(inlineCode).join(', ');
    return `${says('Plan approved, but files it changes have changed since')}\n\nChanged on the base branch: ${files}`;
  }
  if (planPull.mergedInto !== null) return says(`Plan merged into ${inlineCode(planPull.mergedInto)}, which approves nothing`);
  if (planPull.state === 'closed' && !planPull.merged) return says('Plan closed');
  if (planCheck === 'failure') return says('Plan has errors');
  if (planCheck === null) return says('Plan written, about to be checked');
  if (approval.objections.length > 0) return says('Changes requested on the plan');
  return says('Plan ready for review');
}

/** `, 1 open, 2 running`: all but the merged, which the headline counts itself. */
function otherCounts({ components }: TaskRecord): string {
  const counts = new Map<ComponentState, number>();
  for (const c of Object.values(components)) counts.set(c.state, (counts.get(c.state) ?? 0) + 1);
  return [...counts].map(([state, n]) => (state === 'merged' ? '' : `, ${n} ${state}`)).join('');
}

/** The person who started the task; null for a bot, because there would be no one to read it. */
const starter = ({ trigger }: TaskRecord): string | null =>
  trigger.by && !trigger.by.endsWith('[bot]') ? `@${trigger.by}` : null;

const nextLine = ({ awaits, who, text }: NextStep): string =>
  `**Next${awaits === 'person' && who !== null ? ` for ${who}` : ''}:** ${text}`;

/** What is to be done next. `who` is whom the comment mentions: `@LOGIN`, or a role. */
export function nextStep(facts: StatusFacts): NextStep {
  const { state, record, planPull } = facts;
  const forPerson: Phrase = (text) => ({ awaits: 'person', who: starter(record) ?? 'a maintainer', text });
  const nothing: Phrase = (why) => ({ awaits: 'machine', who: null, text: `nothing to do yet. ${why}` });
  if (pausedBySettings(facts))
    return forPerson('fix `.github/planwright.yml` on the default branch. The task then resumes automatically.');
  if (record.baseIsGone)
    return forPerson('restore the branch and reopen the pull requests that GitHub closed with it, or comment `/cancel`.');
  switch (state) {
    case 'planning':
      return nothing('The plan will arrive as a pull request.');
    case 'questions':
      return forPerson('answer here, then comment `/plan`. The answers may follow it in the same comment.');
    case 'review':
      return planStep(facts, forPerson, nothing);
    case 'executing':
      return record.review === 'running'
        ? nothing('The issue is closed once the comparison is posted.')
        : executionStep(facts, forPerson, nothing);
    case 'blocked':
      return forPerson(decisionOn(record));
    case 'cancelled':
      return planPull === null && record.planPull === null
        ? forPerson('comment `/plan` to start again.')
        : forPerson('comment `/execute` to resume, or `/plan` to plan again.');
    case 'failed':
      return forPerson('comment `/replan` to try again. Text after it is given to the planner.');
    case 'done':
      return { awaits: 'nobody', who: null, text: 'nothing. `/plan` starts another plan for this issue.' };
  }
}

type Phrase = (step: string) => NextStep;

const forPeople: Phrase = (text) => ({ awaits: 'person', who: null, text });

function planStep({ record, planPull, planCheck, approval }: StatusFacts, forPerson: Phrase, nothing: Phrase): NextStep {
  if (!planPull) return forPerson('comment `/replan` to have the plan made again.');
  const plan = `#${planPull.number}`;
  if (record.stale?.accepted === false)
    return forPerson('comment `/replan` to plan again from the files as they are now, or `/execute` to use the plan as it is.');
  if (planPull.mergedInto !== null)
    return forPerson('comment `/execute` to use this plan, `/replan` to get another one, or `/cancel` to end the task.');
  if (planPull.state === 'closed' && !planPull.merged)
    return forPerson(
      `reopen ${plan} or comment \`/execute\` to use this plan, \`/replan\` to get another one, or \`/cancel\` to end the task.`,
    );
  if (planCheck === 'failure')
    return forPerson(`fix the file in ${plan}, where the check \`planwright / plan\` marks the lines, or comment \`/replan\`.`);
  if (planCheck === null) return nothing(`The check \`planwright / plan\` is about to run on ${plan}.`);
  if (approval.objections.length > 0) {
    const people = joinNames(approval.objections.map((login) => `@${login}`));
    return forPerson(`comment \`/replan\` for a new revision: ${people} requested changes.`);
  }
  const ways = approvalWays(approval.ways);
  const missing = approval.required - approval.by.length;
  const replan = 'or comment `/replan` with what to change';
  if (missing > 1) return forPeople(`${missing} more people with write access approve ${plan} (${ways}), ${replan}.`);
  // A second approval has to come from another person.
  if (approval.by.length > 0) return forPeople(`one more person with write access approves ${plan} (${ways}), ${replan}.`);
  return forPerson(`approve ${plan} to start (${ways}), ${replan}.`);
}

function executionStep({ record, checked }: StatusFacts, forPerson: Phrase, nothing: Phrase): NextStep {
  const drafts = new Set(checked.filter((c) => c.draft).map((c) => c.number));
  const open = Object.values(record.components).filter((c) => c.state === 'open' && c.pull !== null && !drafts.has(c.pull));
  const pending = checked.flatMap((c) => pendingOn(c) ?? []).join('; ');
  if (open.length > 0)
    return forPerson(`review and merge ${inMergeOrder(open, record)}.${pending === '' ? '' : ` Meanwhile: ${pending}.`}`);
  return pending === ''
    ? nothing('Pull requests arrive as components are finished.')
    : { awaits: 'machine', who: null, text: `${pending}.` };
}

/** The components that wait for a person. A held component resumes with the one that holds it. */
const stoppedComponents = ({ components }: TaskRecord): string[] => [
  ...new Set(
    Object.entries(components).flatMap(([id, c]) => (STOPPED.includes(c.state) ? [(c.state === 'held' && c.heldBy) || id] : [])),
  ),
];

/** A stacked pull request is merged after the one it is stacked on. */
function inMergeOrder(open: readonly ComponentRecord[], { components }: TaskRecord): string {
  const isOnTop = ({ stack }: ComponentRecord): boolean => stack !== null && components[stack.component]?.state !== 'merged';
  const list = (those: readonly ComponentRecord[]): string => joinNames(those.map((c) => `#${c.pull}`));
  const [below, above] = [open.filter((c) => !isOnTop(c)), open.filter(isOnTop)];
  return above.length > 0 && below.length > 0 ? `${list(below)}, then ${list(above)} on top` : list(open);
}

/** The components whose pull requests people have closed. */
const droppedByPeople = ({ components }: TaskRecord): string[] =>
  Object.entries(components).flatMap(([id, c]) => (c.state === 'dropped' && !c.removedByPlan ? [id] : []));

/** What a person can do about components that have stopped, or about those that people have dropped if there are no others. */
function decisionOn(record: TaskRecord): string {
  const replan = '`/replan` with what to change in the plan';
  const stopped = stoppedComponents(record);
  if (stopped.length > 0) return `comment \`/execute ${stopped.join(' ')}\` to try again, or ${replan}.`;
  const dropped = droppedByPeople(record);
  if (dropped.length === 0) return `comment ${replan}, or close the issue.`;
  const again = dropped.length === 1 ? 'it' : 'them';
  return `comment \`/execute ${dropped.join(' ')}\` to make ${again} again, ${replan}, or close the issue.`;
}

const STOPPED: readonly ComponentState[] = ['blocked', 'failed', 'held'];

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

/** Four short columns, which fit a phone of 390 pixels; the soft hyphen breaks only there. */
function table(facts: StatusFacts): string {
  const { record, limits } = facts;
  const { planning } = record;
  const all = allSpend(facts);
  const phase = planning.phase === 'running' ? 'writing' : planning.phase;
  const revision = planning.spend.length > 0 ? `revision ${planning.revision}` : phase;
  return [
    '| com&shy;ponent | state | pull request | cost |',
    '|---|---|---|--:|',
    `| *plan* | ${revision} | ${record.planPull === null ? '' : `#${record.planPull}`} | ${costOf(planning.spend)} |`,
    ...componentIds(facts).map((id) => {
      const c = record.components[id];
      return `| \`${id}\` | ${c?.state ?? 'waiting'} | ${c?.pull ? `#${c.pull}` : ''} | ${costOf(c?.spend ?? [])} |`;
    }),
    ...(all.length > 0 ? [`| **total** | | | ${shareOfLimit(costOf(all), 'usd', limits)} |`] : []),
  ].join('\n');
}

const componentIds = ({ plan, record }: Pick<StatusFacts, 'plan' | 'record'>): string[] => [
  ...new Set([...(plan?.components.map((c) => c.id) ?? []), ...Object.keys(record.components)]),
];

const costOf = (spends: readonly Spend[]): string => (spends.length === 0 ? '' : cost(totalSpend(spends).usd));

/** What all finished work has cost. */
export const allSpend = ({ record }: Pick<StatusFacts, 'record'>): Spend[] =>
  [record.planning, ...Object.values(record.components)].flatMap((c) => c.spend);

/** Why components are in their states, and which models were unavailable, each mentioned once. */
function notes({ record }: StatusFacts): string[] {
  const reasons = Object.entries(record.components).flatMap(([id, c]) => {
    const reason = reasonOf(c);
    return reason ? [`\`${id}\` (${c.state}): ${sanitizeLine(truncate(reason, 200, () => '…'))}`] : [];
  });
  const fallbacks = [record.planning, ...Object.values(record.components)].flatMap((c) => modelFallbacks(c.spend));
  const lines = [...reasons, ...new Set(fallbacks)];
  return lines.length === 0 ? [] : ['', ...lines.map((line) => `- ${line}`)];
}

/** A list, because it wraps where a table of this width would be cut. */
function details(facts: StatusFacts): string[] {
  const { record, limits } = facts;
  const all = allSpend(facts);
  if (all.length === 0) return [];
  const rows: (readonly [string, readonly Spend[]])[] = [
    ['*plan*', record.planning.spend],
    ...componentIds(facts).map((id) => [`\`${id}\``, record.components[id]?.spend ?? []] as const),
  ];
  const total = totalSpend(all);
  // The total has no time, because components run at the same time.
  return [
    '',
    '<details><summary>Models, turns, tokens and time</summary>',
    '',
    ...rows.filter(([, spends]) => spends.length > 0).map(([name, spends]) => `- ${name}: ${figures(spends)}`),
    `- **total**: ${turnCount(total.turns)}, ${shareOfLimit(count(total.tokens), 'tokens', limits)} tokens`,
    '',
    '</details>',
  ];
}

function figures(spends: readonly Spend[]): string {
  const { turns, tokens, ms } = totalSpend(spends);
  const models = answeringModels(spends).map((model) => `\`${model}\``);
  return [...models, turnCount(turns), `${count(tokens)} tokens`, duration(ms)].join(', ');
}

const settingsErrors = ({ settingsFindings }: StatusFacts): string[] => [
  '> [!WARNING]',
  '> `.github/planwright.yml` cannot be used; everything is paused until it is fixed:',
  '>',
  ...settingsFindings.map((f) => `> - line ${f.line}: ${sanitizeLine(f.message)}`),
];
