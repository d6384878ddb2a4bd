import { renderComponentMarker } from '../domain/marker.ts';
import type { Component, Plan } from '../domain/plan.ts';
import type { Spend } from '../domain/task.ts';
import { cost, count, duration, totalSpend } from './figures.ts';
import { readAccount } from './not-met.ts';
import { answering, outages } from './outages.ts';
import { tame, tameLine, tameTitle } from './tame.ts';

export const componentTitle = (component: Component, issue: number): string => `${tameTitle(component.title)} (#${issue})`;

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
}

/** The body of a component's pull request. `Part of`, never a closing keyword: the bot closes the issue when all are merged. */
export function componentBody(p: ComponentPullRequest): string {
  const { component } = p;
  const spent = totalSpend(p.spend);
  const { notMet, rest } = readAccount(p.summary ?? '');
  const others = p.plan.implementation_order.map((o) => o.component).filter((id) => id !== component.id);
  return [
    renderComponentMarker({ issue: p.issue, id: component.id, blob: p.blob }),
    `Part of #${p.issue}. Component \`${component.id}\` of the plan in #${p.planPull} (blob \`${p.blob.slice(0, 12)}\`).`,
    '',
    ...(notMet.length > 0
      ? [
          '> [!WARNING]',
          '> By its own account the executor did not meet:',
          '>',
          ...notMet.map((text) => `> - ${tameLine(text)}`),
          '',
        ]
      : []),
    tame(component.purpose),
    '',
    '### Contract',
    '',
    tame(component.contract),
    '',
    '### Acceptance criteria',
    '',
    ...component.acceptance_criteria.map((c) => `- [ ] ${tameLine(c)}`),
    ...(rest !== '' ? ['', '### What was done', '', tame(rest)] : []),
    ...(others.length > 0
      ? [
          '',
          '### Siblings',
          '',
          ...others.map(
            (id) =>
              `- \`${id}\`${p.siblings.has(id) ? `: #${p.siblings.get(id)}` : ''}${component.depends_on.includes(id) ? ' (this one depends on it)' : ''}`,
          ),
        ]
      : []),
    '',
    ...outages(p.spend).flatMap((sentence) => [`> [!NOTE]\n> ${sentence}`, '']),
    p.spend.length > 0
      ? `<sub>Written by \`${answering(p.spend).at(-1)}\` in ${spent.turns} turns, ${count(spent.tokens)} tokens, ${cost(spent.usd)}, ${duration(spent.ms)}. It could change only the files the plan lists for this component.</sub>`
      : '<sub>Found on its branch as an earlier run had left it. It could change only the files the plan lists for this component.</sub>',
  ].join('\n');
}

/** First line: what people read in `git log`. The trailer lets a later run recognise its own work when nothing else is left. */
export const componentCommitMessage = (component: Component, issue: number, blob: string): string =>
  `${tameTitle(component.title)}\n\nComponent ${component.id} of the plan for #${issue}.\n\nPlanwright-Plan: ${blob}\nPlanwright-Component: ${component.id}\n`;

interface PlanAttempt {
  readonly revision: number;
  readonly attempt: number;
}

export const planCommitMessage = (plan: Plan, issue: number, { revision, attempt }: PlanAttempt): string =>
  `Plan: ${tameTitle(plan.title)}\n\nRevision ${revision} of the plan for #${issue}.\n\n${planTrailer({ revision, attempt })}\n`;

/** GitHub may have taken off the last line end. */
export const isPlanCommitOf = (message: string, attempt: PlanAttempt): boolean =>
  message.trimEnd().endsWith(planTrailer(attempt));

const planTrailer = ({ revision, attempt }: PlanAttempt): string =>
  `Planwright-Revision: ${revision}\nPlanwright-Attempt: ${attempt}`;
