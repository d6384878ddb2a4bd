import type { Spend } from '../../domain/model/spend.ts';
import type { Component } from '../../domain/plan/plan.ts';
import { criterionNamed, type ReviewFinding } from '../../domain/plan/review-finding.ts';
import { inlineCode, sanitizeLine } from '../../text/sanitize-markdown.ts';
import { clip } from '../../text/truncate.ts';
import { cost, totalSpend } from './figures.ts';
import { answeringModels } from './model-fallbacks.ts';

/** How a component's change was compared with the plan before it was published. */
export interface ConformanceReport {
  /** Findings of the first review. */
  readonly found: number;
  /** Findings that are not resolved. `answer`: what the executor says to one that it did not act on. */
  readonly remaining: readonly (ReviewFinding & { readonly answer: string | null })[];
  /** Why the change as it is now was not reviewed; null when it was. */
  readonly unreviewed: string | null;
  /** The reviewer's. */
  readonly spend: readonly Spend[];
}

/** Characters of an answer: it is one line among others at the top of a pull request. */
const ANSWER_MAX = 300;

/** What people have to know, for the top of the pull request; empty when there is nothing. */
export function conformanceWarning(report: ConformanceReport): string {
  const text = conformanceNote(report);
  return text === '' ? '' : ['> [!WARNING]', ...text.split('\n').map((line) => `> ${line}`.trimEnd())].join('\n');
}

/** The same as plain paragraphs. */
export function conformanceNote({ remaining, unreviewed }: ConformanceReport): string {
  if (unreviewed === null && remaining.length === 0) return '';
  const list = remaining.map((finding) => `- ${findingLine(finding)}`);
  return [headline(remaining.length, unreviewed), ...(list.length === 0 ? [] : ['', ...list])].join('\n');
}

function headline(remaining: number, unreviewed: string | null): string {
  if (unreviewed === null) return 'Not as planned, according to the review against the plan:';
  const what =
    remaining === 0 ? 'Not reviewed against the plan' : 'Corrected after the review against the plan, but not reviewed again';
  return `${what}: ${sanitizeLine(unreviewed)}`;
}

function findingLine({ criterion, path, line, problem, answer }: ConformanceReport['remaining'][number]): string {
  const place = `${inlineCode(path)}${line === null ? '' : `, line ${line}`}`;
  const reply = answer === null ? '' : ` The executor answers: ${sanitizeLine(clip(answer, ANSWER_MAX, ' [...]'))}`;
  return `${place}: ${sanitizeLine(problem)} (${sanitizeLine(criterion)})${reply}`;
}

/** What the review did and cost, for the small print; empty when it has no result. */
export function conformanceOrigin({ found, remaining, spend }: ConformanceReport): string {
  const by = answeringModels(spend).at(-1);
  if (by === undefined) return '';
  const open = remaining.length;
  const result =
    found === 0
      ? 'nothing found'
      : `${found} ${found === 1 ? 'finding' : 'findings'}, ${open === 0 ? 'none open' : `${open} open`}`;
  return ` Reviewed against the plan by \`${by}\` for ${cost(totalSpend(spend).usd)}: ${result}.`;
}

/** The criteria, by index, that a finding says are not met, whatever the executor says. */
export const disputedCriteria = ({ remaining }: ConformanceReport, component: Component): ReadonlySet<number> =>
  new Set(remaining.flatMap(({ criterion }) => criterionNamed(criterion, component) ?? []));
