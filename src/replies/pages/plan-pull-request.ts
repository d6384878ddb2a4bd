import type { Unopened } from '../../domain/change/scope.ts';
import { isSensitive, SENSITIVE_LABEL } from '../../domain/change/sensitive-path.ts';
import type { Limits } from '../../domain/model/budget.ts';
import type { Spend } from '../../domain/model/spend.ts';
import type { Forecast } from '../../domain/plan/estimate.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { renderPlanMarker } from '../../domain/task/marker.ts';
import { inlineCode, sanitizeCell, sanitizeLine, sanitizeTitle } from '../../text/sanitize-markdown.ts';
import { sanitizeWithin } from '../../text/truncate-markdown.ts';
import { forecastSentence, weakPlannerNote } from '../phrases/estimate.ts';
import { cost, count, duration, totalSpend } from '../phrases/figures.ts';
import { modelFallbacks } from '../phrases/model-fallbacks.ts';

export const planTitle = (plan: Plan, issue: number): string => `Plan: ${sanitizeTitle(plan.title)} (#${issue})`;

export interface PlanPullRequest {
  readonly issue: number;
  readonly revision: number;
  readonly blob: string;
  readonly path: string;
  readonly plan: Plan;
  readonly spend: readonly Spend[];
  readonly model: string;
  /** The version of the planner's system prompt, so that a plan can be traced to what was asked. */
  readonly prompt: number;
  readonly reasoning: string | null;
  /** Files that the settings seem to open to every component, and do not. */
  readonly unopened: readonly Unopened[];
  /** Globs of `execution.protected_paths` that match no file of the repository. */
  readonly protectsNothing: readonly string[];
  /** What carrying it out is expected to cost, and what the task may cost. */
  readonly forecast: Forecast;
  readonly limits: Limits;
  /** The planner is the weaker of the two models. */
  readonly weakPlanner: boolean;
  /** Why the planner's review of its own plan came to nothing; null where it did not, or none was asked for. */
  readonly unreviewed: string | null;
}

/** The body of the pull request that adds PLAN.md: what to look at first, how to say yes or no, what it cost. */
export function planBody(p: PlanPullRequest): string {
  const { plan } = p;
  const sensitive = plan.components.flatMap((c) => c.files.filter((f) => isSensitive(f.path)).map((f) => ({ id: c.id, ...f })));
  const spent = totalSpend(p.spend);
  return [
    renderPlanMarker(p),
    `Plan for #${p.issue}, revision ${p.revision}. Read \`${p.path}\` under *Files changed* and argue with it there.`,
    ...(sensitive.length > 0
      ? [
          '',
          `**Look at these first** (${SENSITIVE_LABEL}): files that change how the repository is built, owned or read by tools.`,
          '',
          ...sensitive.map((f) => `- ${inlineCode(f.path)} (${f.action}, by \`${f.id}\`): ${sanitizeLine(f.change)}`),
        ]
      : []),
    ...(p.unopened.length > 0 ? ['', ...outOfReach(p.unopened)] : []),
    ...(p.protectsNothing.length > 0 ? ['', idleProtections(p.protectsNothing)] : []),
    ...(plan.open_questions.length > 0
      ? [
          '',
          '**Open questions** and what the plan assumes until somebody says otherwise:',
          '',
          ...plan.open_questions.map((q) => `- ${sanitizeLine(q.question)} Assumed: ${sanitizeLine(q.assumption)}`),
        ]
      : []),
    ...(p.unreviewed === null
      ? []
      : [
          '',
          `**Not reviewed by the planner**: asked what could go wrong with it, it gave no plan that could be used (${sanitizeLine(p.unreviewed).replace(/\.$/, '')}). This is the one it had before.`,
        ]),
    ...(p.weakPlanner ? ['', weakPlannerNote(p.model, p.forecast.model)] : []),
    '',
    sanitizeWithin(plan.overview, 15_000, `all of it is in \`${p.path}\`, under *Files changed*`),
    '',
    '| component | depends on | files |',
    '|---|---|--:|',
    ...plan.components.map(
      (c) => `| \`${c.id}\`: ${sanitizeCell(c.title)} | ${c.depends_on.map((d) => `\`${d}\``).join(', ')} | ${c.files.length} |`,
    ),
    '',
    '**To go on**: somebody with write access approves this pull request, merges it, or comments `/execute`. **To change it**: edit the file here, or comment `/replan` with what should be different. Nothing starts by itself.',
    '',
    forecastSentence(p.forecast, plan.components.length, p.limits),
    '',
    ...modelFallbacks(p.spend).flatMap((sentence) => [`> [!NOTE]\n> ${sentence}`, '']),
    p.spend.length === 0
      ? '<sub>Found on its branch as an earlier run had left it.</sub>'
      : `<sub>Planned by \`${p.model}\` (prompt ${p.prompt}) in ${spent.turns} turns, ${count(spent.tokens)} tokens, ${cost(spent.usd)}, ${duration(spent.ms)}.</sub>`,
    ...(p.reasoning
      ? [
          '',
          '<details><summary>What the planner was thinking</summary>',
          '',
          sanitizeWithin(p.reasoning, 25_000, 'it went on for longer than fits here'),
          '',
          '</details>',
        ]
      : []),
  ].join('\n');
}

const UNOPENED_SHOWN = 10;

const idleProtections = (globs: readonly string[]): string =>
  `**Protects nothing yet**: no file of this repository matches ${globs.slice(0, UNOPENED_SHOWN).map(inlineCode).join(', ')}${globs.length > UNOPENED_SHOWN ? ` and ${globs.length - UNOPENED_SHOWN} more` : ''} in \`execution.protected_paths\`. Check the spelling if files should be there.`;

const outOfReach = (files: readonly Unopened[]): string[] => [
  '**Out of reach**: `execution.extra_paths` matches these files, but no component may change them:',
  '',
  ...files.slice(0, UNOPENED_SHOWN).map((f) => `- ${inlineCode(f.path)} (by ${inlineCode(f.glob)}) ${f.reason}`),
  ...(files.length > UNOPENED_SHOWN ? [`- and ${files.length - UNOPENED_SHOWN} more`] : []),
];
