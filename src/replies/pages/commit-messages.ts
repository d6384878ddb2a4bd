import type { Component, Plan } from '../../domain/plan/plan.ts';
import { sanitizeTitle } from '../../text/sanitize-markdown.ts';
import { truncate } from '../../text/truncate.ts';
import { type CommitRules, namedAs, namedAsPlan, patternedMessage } from '../phrases/patterned.ts';

/** The trailers that tell people in the history how a commit was made. */
interface ComponentAttempt {
  readonly component: string;
  readonly attempt: number;
  /** Of the plan. */
  readonly blob: string;
}

/** A component's commit, and the task and the rules it is made under. */
interface OfComponent {
  readonly component: Component;
  readonly issue: number;
  readonly rules: CommitRules;
}

/** First line: what people read in `git log`. */
export const componentCommitMessage = ({ component, issue, rules }: OfComponent, made: ComponentAttempt): string =>
  patternedMessage(written(sanitizeTitle(component.title), component, issue, made), rules, namedAs(component, issue));

/** For the fix of failed checks. */
export const fixCommitMessage = (
  { component, issue, rules }: OfComponent,
  checks: readonly string[],
  made: ComponentAttempt,
): string => {
  const failed = sanitizeTitle(truncate(checks.join(', '), 100, () => '…'));
  const named = { ...namedAs(component, issue), type: 'fix' };
  return patternedMessage(written(`Fix ${component.id}: ${failed} failed`, component, issue, made), rules, named);
};

/** For the merge that moves a component to its new base. */
export const moveCommitMessage = ({ component, issue, rules }: OfComponent, base: string, made: ComponentAttempt): string =>
  patternedMessage(written(`Merge ${base} into ${component.id}`, component, issue, made), rules, null);

/** For the merge that brings a parent's branch up to date before a component is stacked on it. */
export const updateParentCommitMessage = (branch: string, base: string, rules: CommitRules): string =>
  patternedMessage(
    `Merge ${base} into ${branch}\n\nA component that is stacked on it needs what was merged there.\n`,
    withParagraph(rules),
    null,
  );

/** For the changes that a review requested. */
export const revisionCommitMessage = ({ component, issue, rules }: OfComponent, made: ComponentAttempt): string =>
  patternedMessage(
    written(`Address review: ${sanitizeTitle(component.title)}`, component, issue, made),
    rules,
    namedAs(component, issue),
  );

/** For what the repository's own workflow has generated. */
export const generatedCommitMessage = ({ component, issue, rules }: OfComponent, run: string, made: ComponentAttempt): string =>
  patternedMessage(
    `Update generated files\n\nMade by ${run}\nfor component ${component.id} of the plan for #${issue}.\n\n${componentTrailer(made)}\n`,
    rules,
    { ...namedAs(component, issue), type: 'chore' },
  );

/** For the merge that keeps a plan's pull request mergeable while other plans are merged. */
export const planMergeMessage = (
  { issue, base, path }: { readonly issue: number; readonly base: string; readonly path: string },
  rules: CommitRules,
): string =>
  patternedMessage(
    `Merge ${base} into the plan for #${issue}\n\n${path} keeps its text on this branch.\n`,
    withParagraph(rules),
    null,
  );

/** Trailers are a paragraph of their own, also where there are none of ours. */
const withParagraph = (rules: CommitRules): CommitRules =>
  rules.trailers.length === 0 ? rules : { ...rules, trailers: ['', ...rules.trailers] };

function written(title: string, { id }: Component, issue: number, made: ComponentAttempt): string {
  return `${title}\n\nComponent ${id} of the plan for #${issue}.\n\n${componentTrailer(made)}\n`;
}

const componentTrailer = ({ component, attempt, blob }: ComponentAttempt): string =>
  `Planwright-Plan: ${blob}\nPlanwright-Component: ${component}\nPlanwright-Attempt: ${attempt}`;

interface PlanAttempt {
  readonly revision: number;
  readonly attempt: number;
}

export const planCommitMessage = (
  { plan, issue, rules }: { readonly plan: Plan; readonly issue: number; readonly rules: CommitRules },
  { revision, attempt }: PlanAttempt,
): string =>
  patternedMessage(
    `Plan: ${sanitizeTitle(plan.title)}\n\nRevision ${revision} of the plan for #${issue}.\n\n${planTrailer({ revision, attempt })}\n`,
    rules,
    namedAsPlan(issue),
  );

const planTrailer = ({ revision, attempt }: PlanAttempt): string =>
  `Planwright-Revision: ${revision}\nPlanwright-Attempt: ${attempt}`;
