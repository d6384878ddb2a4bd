import type { Spend } from '../../domain/model/spend.ts';
import type { Component, Plan } from '../../domain/plan/plan.ts';
import { parseComponentMarker, renderComponentMarker } from '../../domain/task/marker.ts';
import type { Stack } from '../../domain/task/task.ts';
import { sanitizeLine, sanitizeMarkdown, sanitizeTitle } from '../../text/sanitize-markdown.ts';
import { sanitizeWithin } from '../../text/truncate-markdown.ts';
import { readCriteriaReport } from '../phrases/criteria-report.ts';
import { cost, count, duration, totalSpend } from '../phrases/figures.ts';
import { answeringModels, modelFallbacks } from '../phrases/model-fallbacks.ts';

export const componentTitle = (component: Component, issue: number): string => `${sanitizeTitle(component.title)} (#${issue})`;

export interface ComponentPullRequest {
  readonly issue: number;
  readonly blob: string;
  readonly planPull: number;
  readonly plan: Plan;
  readonly component: Component;
  /** The executor's own account of what it did. */
  readonly summary: string | null;
  /** Empty when the work was found done. */
  readonly spend: readonly Spend[];
  /** Pull requests of the plan's other components, where there are any yet. */
  readonly siblings: ReadonlyMap<string, number>;
  readonly stack: Stack | null;
}

/** What of a body changes after it was written: the plan it belongs to and its place among the others. */
type Place = Pick<ComponentPullRequest, 'issue' | 'blob' | 'planPull' | 'plan' | 'siblings' | 'stack'> & { readonly id: string };

/** The body of a component's pull request. `Part of`, never a closing keyword: the bot closes the issue when all are merged. */
export function componentBody(p: ComponentPullRequest): string {
  const { component } = p;
  const spent = totalSpend(p.spend);
  const place = { ...p, id: component.id };
  const { notMet, rest } = readCriteriaReport(p.summary ?? '');
  return [
    ...head(place),
    '',
    ...(notMet.length > 0
      ? [
          '> [!WARNING]',
          '> By its own account the executor did not meet:',
          '>',
          ...notMet.map((text) => `> - ${sanitizeLine(text)}`),
          '',
        ]
      : []),
    sanitizeWithin(component.purpose, 8_000, `all of it is in the plan, #${p.planPull}`),
    '',
    '### Contract',
    '',
    sanitizeWithin(component.contract, 30_000, `all of it is in the plan, #${p.planPull}`),
    '',
    '### Acceptance criteria',
    '',
    ...component.acceptance_criteria.map((c) => `- [ ] ${sanitizeLine(c)}`),
    ...(rest !== '' ? ['', '### What was done', '', sanitizeMarkdown(rest)] : []),
    ...(p.summary === null ? [] : ['', deviations(notMet.length)]),
    ...siblings(place),
    '',
    ...modelFallbacks(p.spend).flatMap((sentence) => [`> [!NOTE]\n> ${sentence}`, '']),
    p.spend.length > 0
      ? `<sub>Written by \`${answeringModels(p.spend).at(-1)}\` in ${spent.turns} turns, ${count(spent.tokens)} tokens, ${cost(spent.usd)}, ${duration(spent.ms)}.</sub>`
      : '<sub>Found on its branch as an earlier run had left it. It could change only the files the plan lists for this component.</sub>',
  ].join('\n');
}

/** The gate leaves no other way to deviate, and what the executor could not meet it was told to say. */
const deviations = (notMet: number): string =>
  `**Deviations from the plan:** ${notMet === 0 ? 'none' : `what is named at the top as not met; else none`}. It could change only the files the plan lists.`;

/** The body as it stands, people's edits included, brought up to where the component belongs now. What they took out stays out. */
export function updatePlace(body: string, place: Place): string {
  const lines = body.split(/\r?\n/);
  const at = lines.findIndex((line) => parseComponentMarker(line) !== null);
  if (at !== -1 && lines[at + 1]?.startsWith('Part of #')) lines.splice(at, 2, ...head(place));
  const from = lines.indexOf(SIBLINGS);
  const to = lines.indexOf(END_OF_SIBLINGS);
  if (from > 0 && to > from) lines.splice(from - 1, to - from + 2, ...siblings(place));
  const text = lines.join('\n');
  return text === body.replaceAll('\r\n', '\n') ? body : text;
}

function head({ issue, id, blob, planPull, stack }: Place): string[] {
  const onTop =
    stack === null
      ? ''
      : ` **Stacked on #${stack.pull}** (\`${stack.on}\`): merge that one first, and this one is moved to the base branch.`;
  return [
    renderComponentMarker({ issue, id, blob }),
    `Part of #${issue}. Component \`${id}\` of the plan in #${planPull} (blob \`${blob.slice(0, 12)}\`).${onTop}`,
  ];
}

const SIBLINGS = '<!-- planwright:siblings -->';
const END_OF_SIBLINGS = '<!-- /planwright:siblings -->';

/** The plan's other components in their order; nothing where there are none. */
function siblings({ id, plan, siblings: pulls, stack }: Place): string[] {
  const own = plan.components.find((c) => c.id === id);
  const others = plan.implementation_order.map((o) => o.component).filter((other) => other !== id);
  if (others.length === 0) return [];
  const line = (other: string): string => {
    const below = stack?.on === other ? 'is stacked on' : own?.depends_on.includes(other) ? 'depends on' : null;
    const builtOn = below === null ? '' : ` (this one ${below} it)`;
    return `- \`${other}\`${pulls.has(other) ? `: #${pulls.get(other)}` : ''}${builtOn}`;
  };
  return ['', SIBLINGS, '### Siblings', '', ...others.map(line), END_OF_SIBLINGS];
}

/** What a later run knows its own work by when nothing else is left. */
interface ComponentAttempt {
  readonly component: string;
  readonly attempt: number;
  /** The plan's. */
  readonly blob: string;
}

/** First line: what people read in `git log`. */
export const componentCommitMessage = (component: Component, issue: number, made: ComponentAttempt): string =>
  `${sanitizeTitle(component.title)}\n\nComponent ${component.id} of the plan for #${issue}.\n\n${componentTrailer(made)}\n`;

/** Of what was changed because these checks failed. */
export const fixCommitMessage = ({ id }: Component, issue: number, checks: readonly string[], made: ComponentAttempt): string =>
  `Mend ${id}: ${sanitizeTitle(checks.join(', ')).slice(0, 100).toWellFormed()} failed\n\nComponent ${id} of the plan for #${issue}.\n\n${componentTrailer(made)}\n`;

/** Of the merge that puts a component on what its branch is to stand on now. */
export const moveCommitMessage = (component: Component, issue: number, base: string, made: ComponentAttempt): string =>
  `Merge ${base} into ${component.id}\n\nComponent ${component.id} of the plan for #${issue}.\n\n${componentTrailer(made)}\n`;

/** Of the merge that brings a parent's branch up to date for what is to be stacked on it. */
export const updateParentCommitMessage = (branch: string, base: string): string =>
  `Merge ${base} into ${branch}\n\nA component that is stacked on it needs what is merged there.\n`;

/** Of what a review asked for. */
export const revisionCommitMessage = (component: Component, issue: number, made: ComponentAttempt): string =>
  `Address review: ${sanitizeTitle(component.title)}\n\nComponent ${component.id} of the plan for #${issue}.\n\n${componentTrailer(made)}\n`;

/** Of the merge that keeps a plan's pull request mergeable while other plans are merged. */
export const planMergeMessage = (issue: number, base: string, path: string): string =>
  `Merge ${base} into the plan for #${issue}\n\n${path} stays as it is here.\n`;

/** GitHub may have taken off the last line end. */
export const isComponentCommitOf = (message: string, made: ComponentAttempt): boolean =>
  message.trimEnd().endsWith(componentTrailer(made));

const componentTrailer = ({ component, attempt, blob }: ComponentAttempt): string =>
  `Planwright-Plan: ${blob}\nPlanwright-Component: ${component}\nPlanwright-Attempt: ${attempt}`;

interface PlanAttempt {
  readonly revision: number;
  readonly attempt: number;
}

export const planCommitMessage = (plan: Plan, issue: number, { revision, attempt }: PlanAttempt): string =>
  `Plan: ${sanitizeTitle(plan.title)}\n\nRevision ${revision} of the plan for #${issue}.\n\n${planTrailer({ revision, attempt })}\n`;

/** GitHub may have taken off the last line end. */
export const isPlanCommitOf = (message: string, attempt: PlanAttempt): boolean =>
  message.trimEnd().endsWith(planTrailer(attempt));

const planTrailer = ({ revision, attempt }: PlanAttempt): string =>
  `Planwright-Revision: ${revision}\nPlanwright-Attempt: ${attempt}`;
