import type { Spend } from '../../domain/model/spend.ts';
import type { Component, Plan } from '../../domain/plan/plan.ts';
import { parseComponentMarker, renderComponentMarker } from '../../domain/task/marker.ts';
import type { Stack } from '../../domain/task/task.ts';
import { sanitizeLine, sanitizeMarkdown, sanitizeTitle } from '../../text/sanitize-markdown.ts';
import { sanitizeWithin } from '../../text/truncate-markdown.ts';
import {
  type ConformanceReport,
  conformanceOrigin,
  conformanceWarning,
  disputedCriteria,
} from '../phrases/conformance-report.ts';
import { readCriteriaReport } from '../phrases/criteria-report.ts';
import { cost, count, duration, totalSpend, turnCount } from '../phrases/figures.ts';
import { answeringModels, modelFallbacks } from '../phrases/model-fallbacks.ts';
import { namedAs, patternedTitle } from '../phrases/patterned.ts';

/** @param pattern the repository's, of which the title is a part. */
export const componentTitle = (component: Component, issue: number, pattern: string): string =>
  patternedTitle(pattern, sanitizeTitle(component.title), namedAs(component, issue));

export interface ComponentPullRequest {
  readonly issue: number;
  readonly blob: string;
  readonly planPull: number;
  readonly plan: Plan;
  readonly component: Component;
  /** The executor's; null when an earlier run made the commit. */
  readonly summary: string | null;
  /** How the change differs from the plan, computed from both; null when they were not compared. */
  readonly deviations: readonly string[] | null;
  /** The review against the plan; null when there was none. */
  readonly conformance: ConformanceReport | null;
  /** The executor's. Empty when an earlier run made the commit. */
  readonly spend: readonly Spend[];
  /** Pull requests of the plan's other components, where there are any yet. */
  readonly siblings: ReadonlyMap<string, number>;
  readonly stack: Stack | null;
  readonly dashboard: DashboardLinks | null;
}

/** Where people who may write to the repository find the task, and the conversation that made a pull request; absolute addresses. */
export interface DashboardLinks {
  readonly task: string;
  readonly conversation: string;
}

/** The end of a pull request's small print. */
export const dashboardLinks = (links: DashboardLinks | null): string =>
  links === null ? '' : ` [Task](${links.task}) · [conversation](${links.conversation})`;

/** The parts of a body that change after it was written: the plan it belongs to and its place among the others. */
type PullRequestContext = Pick<ComponentPullRequest, 'issue' | 'blob' | 'planPull' | 'plan' | 'siblings' | 'stack'> & {
  readonly id: string;
};

/** The body of a component's pull request. `Part of`, never a closing keyword: the bot closes the issue when all are merged. */
export function componentBody(p: ComponentPullRequest): string {
  const { component } = p;
  const place = { ...p, id: component.id };
  const report = readCriteriaReport(p.summary ?? '', component.acceptance_criteria);
  const rest = `all of it is in the plan, #${p.planPull}`;
  const own = [p.issue, p.planPull];
  const warning = p.conformance === null ? '' : conformanceWarning(p.conformance);
  const disputed = p.conformance === null ? NONE_DISPUTED : disputedCriteria(p.conformance, component);
  return [
    marker(place),
    ...stackNote(place),
    ...(warning === '' ? [] : [warning, '']),
    ...unmet(report.notMet),
    sanitizeWithin(component.purpose, 8_000, rest, own),
    ...(report.rest !== '' ? ['', '### What was done', '', sanitizeMarkdown(report.rest, own)] : []),
    ...deviations(p.deviations),
    '',
    '### Acceptance criteria',
    '',
    ...component.acceptance_criteria.map((criterion, i) =>
      criterionLine(criterion, disputed.has(i) ? undefined : report.met.get(i)),
    ),
    '',
    '<details><summary>Contract</summary>',
    '',
    sanitizeWithin(component.contract, 30_000, rest, own),
    '',
    '</details>',
    ...siblings(place),
    '',
    ...modelFallbacks(p.spend).flatMap((sentence) => [`> [!NOTE]\n> ${sentence}`, '']),
    partOf(place),
    '',
    origin(p),
  ].join('\n');
}

const NONE_DISPUTED: ReadonlySet<number> = new Set();

const unmet = (notMet: readonly string[]): string[] =>
  notMet.length === 0
    ? []
    : ['> [!WARNING]', '> Not done, according to the executor:', '>', ...notMet.map((text) => `> - ${sanitizeLine(text)}`), ''];

const criterionLine = (criterion: string, evidence: string | undefined): string =>
  evidence === undefined
    ? `- [ ] ${sanitizeLine(criterion)}`
    : `- [x] ${sanitizeLine(criterion.replace(/\.$/, ''))} (shown by ${sanitizeLine(evidence)})`;

function deviations(known: readonly string[] | null): string[] {
  if (known === null) return [];
  if (known.length === 0) return ['', '**Deviations from the plan:** none in the files it lists.'];
  return ['', '**Deviations from the plan:**', '', ...known.map((text) => `- ${sanitizeLine(text)}`)];
}

function origin({ spend, conformance, dashboard }: ComponentPullRequest): string {
  const links = dashboardLinks(dashboard);
  if (spend.length === 0)
    return `<sub>An earlier run left this commit on the branch. It can change only the files that the plan lists for this component.${links}</sub>`;
  const { turns, tokens, usd, ms } = totalSpend(spend);
  return `<sub>Written by \`${answeringModels(spend).at(-1)}\` for ${cost(usd)}: ${turnCount(turns)}, ${count(tokens)} tokens, ${duration(ms)}.${conformance === null ? '' : conformanceOrigin(conformance)}${links}</sub>`;
}

/** The present body, people's edits included, with the component's present plan and place. Parts that people removed stay out. */
export function updateContext(body: string, place: PullRequestContext): string {
  const lines = body.split(/\r?\n/);
  const at = lines.findIndex((line) => parseComponentMarker(line) !== null);
  // Older versions had this line below the marker, together with what the component is stacked on.
  const part = lines[at + 1]?.startsWith('Part of #') ? at + 1 : lines.findLastIndex((line) => PART_OF.test(line));
  if (part !== -1) lines[part] = partOf(place);
  if (at !== -1) {
    const old = lines[at + 1]?.startsWith(STACKED_ON) ? 3 : 1;
    lines.splice(at, old, marker(place), ...stackNote(place));
  }
  const from = lines.indexOf(SIBLINGS);
  const to = lines.indexOf(END_OF_SIBLINGS);
  if (from > 0 && to > from) lines.splice(from - 1, to - from + 2, ...siblings(place));
  const text = lines.join('\n');
  return text === body.replaceAll('\r\n', '\n') ? body : text;
}

const marker = ({ issue, id, blob }: PullRequestContext): string => renderComponentMarker({ issue, id, blob });

const STACKED_ON = '**Stacked on #';

const stackNote = ({ stack }: PullRequestContext): string[] =>
  stack === null
    ? []
    : [
        `${STACKED_ON}${stack.pull}** (\`${stack.component}\`): merge that one first; this one is then moved to the base branch.`,
        '',
      ];

const PART_OF = /^Part of #\d+\. Component `/;

const partOf = ({ issue, id, blob, planPull }: PullRequestContext): string =>
  `Part of #${issue}. Component \`${id}\` of the plan in #${planPull} (blob \`${blob.slice(0, 12)}\`).`;

const SIBLINGS = '<!-- planwright:siblings -->';
const END_OF_SIBLINGS = '<!-- /planwright:siblings -->';

/** The plan's other components in their order; nothing where there are none. */
function siblings({ id, plan, siblings: pulls, stack }: PullRequestContext): string[] {
  const own = plan.components.find((c) => c.id === id);
  const others = plan.implementation_order.map((o) => o.component).filter((other) => other !== id);
  if (others.length === 0) return [];
  const line = (other: string): string => {
    const relation = stack?.component === other ? 'is stacked on' : own?.depends_on.includes(other) ? 'depends on' : null;
    const note = relation === null ? '' : ` (this one ${relation} it)`;
    return `- \`${other}\`: ${pulls.has(other) ? `#${pulls.get(other)}` : 'not opened yet'}${note}`;
  };
  return ['', SIBLINGS, '### Other pull requests of this plan', '', ...others.map(line), END_OF_SIBLINGS];
}
