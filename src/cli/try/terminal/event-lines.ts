import type { ToolCall } from '../../../domain/model/conversation.ts';
import type { Forecast } from '../../../domain/plan/estimate.ts';
import { limitFigure } from '../../../replies/phrases/budget.ts';
import { readCriteriaReport } from '../../../replies/phrases/criteria-report.ts';
import { cost, count, duration, turnCount } from '../../../replies/phrases/figures.ts';
import { joinNames } from '../../../replies/phrases/join-names.ts';
import { stripInvisible } from '../../../text/invisible-characters.ts';
import type { TryProgress } from '../../../workflows/try/progress.ts';
import type { Cost, TryEvent } from './events.ts';

/** What the terminal shows of an event; empty for what only programs need. */
export function linesFor(event: TryEvent): string[] {
  switch (event.type) {
    case 'started':
    case 'resumed':
      return opening(event);
    case 'note':
      return [`  ! ${event.text}`];
    case 'progress':
      return progress(event);
    case 'plan':
      return [
        '',
        event.text.trimEnd(),
        '',
        `Plan, revision ${event.revision}: ${event.path}`,
        `Estimate for implementing it: ${estimate(event.estimate)}${event.max_usd === null ? '' : `; hard limit for the whole try ${limitFigure.usd(event.max_usd)}`}`,
        '',
      ];
    case 'findings':
      return ['', `${event.path} cannot be used as it is:`, ...event.findings.map((f) => `  line ${f.line}: ${f.message}`), ''];
    case 'questions':
      return ['', 'The planner asks:', ...event.questions.flatMap((q, i) => [`  ${i + 1}. ${q.question}`, `     (${q.why})`])];
    case 'answer':
      return ['', event.text, ''];
    case 'decision':
      return [];
    case 'approved':
      return [`Approved: PLAN.md, blob ${event.blob.slice(0, 12)}`, ''];
    case 'component':
      return component(event);
    case 'blocked':
      return [
        row(event.id, `blocked (${event.blocker.kind.replaceAll('_', ' ')})`),
        `    The plan says: ${event.blocker.plan_clause}`,
        `    Found:         ${event.blocker.evidence}`,
        `    Proposed:      ${event.blocker.proposal}`,
      ];
    case 'failed':
      return [row(event.what, `failed: ${event.reason}`)];
    case 'done':
      return summary(event);
    case 'stopped':
      return ['', event.reason, ...(event.resume === null ? [] : [`To continue: ${event.resume}`])];
  }
}

type Of<T extends TryEvent['type']> = Extract<TryEvent, { type: T }>;

const WIDEST = 16;
const row = (who: string, what: string): string => `${who.padEnd(WIDEST)}  ${what}`;

const opening = (e: Of<'started' | 'resumed'>): string[] => [
  `Planwright try ${e.number}: ${e.title}`,
  `  repository  ${e.repository} at ${e.head.slice(0, 12)}${e.branch === null ? ' (detached)' : ` (${e.branch})`}`,
  `  models      ${e.planner} plans, ${e.executor} implements${e.max_usd === null ? '' : `; at most ${limitFigure.usd(e.max_usd)}`}`,
  `  kept in     ${e.folder}`,
  ...(e.type === 'resumed'
    ? [`  resumed     ${turnCount(e.recorded_turns)} recorded for ${cost(e.recorded_usd)}, not paid for again`]
    : []),
];

function progress(event: TryProgress): string[] {
  switch (event.kind) {
    case 'asking':
      return [];
    case 'no_turn':
      return [row(event.who, event.reason)];
    case 'turn':
      return [
        ...event.refused.map((text) => row(event.who, `was refused: ${shortened(text)}`)),
        row(
          event.who,
          `turn ${event.turn}: ${describeCalls(event.calls)} (${count(event.tokens)} tokens, ${cost(event.usd)}, ${duration(event.ms)})`,
        ),
      ];
  }
}

const TOLD_MAX = 200;
const shortened = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > TOLD_MAX ? `${line.slice(0, TOLD_MAX).toWellFormed()} ...` : line;
};

/** The tools in words; `path` stands for the file. */
const VERBS: Readonly<Record<string, string>> = {
  list_files: 'lists',
  search: 'searches for',
  read_file: 'reads',
  submit_plan: 'submits a plan',
  ask_questions: 'asks questions',
  edit_file: 'edits',
  create_file: 'creates',
  overwrite_file: 'overwrites',
  delete_file: 'deletes',
  move_file: 'moves',
  flag_blocker: 'flags a blocker',
  finish: 'finishes',
};

/** `reads a.ts and b.ts, edits c.ts` */
export function describeCalls(calls: readonly ToolCall[]): string {
  const groups: { verb: string; objects: string[] }[] = [];
  for (const call of calls) {
    const verb = VERBS[call.name] ?? call.name;
    const last = groups.at(-1);
    const object = objectOf(call);
    const objects = object === null ? [] : [object];
    if (last?.verb === verb) last.objects.push(...objects.filter((one) => !last.objects.includes(one)));
    else groups.push({ verb, objects });
  }
  if (groups.length === 0) return 'answers in text';
  return groups.map(({ verb, objects }) => [verb, joinNames(objects)].filter(Boolean).join(' ')).join(', ');
}

function objectOf({ name, input }: ToolCall): string | null {
  const given = (input ?? {}) as Record<string, unknown>;
  const text = (key: string): string => (typeof given[key] === 'string' ? (given[key] as string) : '');
  switch (name) {
    case 'search':
      return `"${shortened(text('pattern'))}"`;
    case 'list_files':
      return text('glob') || text('path') || 'all files';
    case 'move_file':
      return `${text('from')} to ${text('to')}`;
    default:
      return text('path') || null;
  }
}

function component({ id, state, branch, on, summary }: Of<'component'>): string[] {
  switch (state) {
    case 'running':
      return [row(id, on.length === 0 ? 'starts' : `starts on ${joinNames(on)}`)];
    case 'kept':
      return [row(id, `unchanged by this revision: ${branch}`)];
    case 'held':
      return [row(id, `waits for ${joinNames(on)}`)];
    case 'built':
      return [row(id, `built: ${branch}`), ...(summary === null ? [] : indented(summary))];
  }
}

/** The executor's summary in a few lines, unmet criteria first. */
function indented(text: string): string[] {
  const { notMet, rest } = readCriteriaReport(text, []);
  const lines = [...notMet.map((line) => `Not done, according to the executor: ${line}`), ...rest.split('\n')];
  return lines.filter((line) => line.trim() !== '' && !/^\s*[-*+] \[x\]/i.test(line)).map((line) => `    ${line}`);
}

function estimate({ low, high, model }: Forecast): string {
  return low.usd === null || high.usd === null
    ? `unknown, because the price of ${model} is unknown (${count(rounded(low.tokens))} to ${count(rounded(high.tokens))} tokens)`
    : `${cost(low.usd)} to ${cost(high.usd)}`;
}

const rounded = (n: number): number => Number(n.toPrecision(2));

function summary({ branches, graph, costs, estimate: forecast, merge, remove }: Of<'done'>): string[] {
  const widest = Math.max(...costs.map(({ what }) => what.length));
  const line = ({ what, turns, tokens, usd, ms }: Cost): string =>
    `  ${what.padEnd(widest)}  ${turnCount(turns).padStart(9)}  ${`${count(tokens)} tokens`.padStart(16)}  ${cost(usd).padStart(8)}  ${ms === 0 ? '' : duration(ms)}`.trimEnd();
  return [
    '',
    'Branches',
    ...branches.flatMap(({ branch, commit, statistics }) => [
      `  ${branch} (${commit.slice(0, 7)})`,
      ...statistics
        .split('\n')
        .filter(Boolean)
        .map((text) => `    ${text.trimStart()}`),
    ]),
    '',
    ...graph.split('\n').map((text) => `  ${text}`),
    '',
    `What it cost (implementing it was estimated at ${estimate(forecast)})`,
    ...costs.map(line),
    '',
    `To merge it:   ${merge}`,
    `To remove it:  ${remove}`,
  ];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed.
const CONTROL = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]|\u001b(?!\[[0-9;]*m)/g;

/** What a model or a repository wrote must not steer the terminal; git's colours stay. */
export const sanitizeForTerminal = (text: string): string => stripInvisible(text).replace(CONTROL, '');
