import type { IneffectiveExtraPath } from '../../domain/change/scope.ts';
import type { Limits } from '../../domain/model/budget.ts';
import type { Spend } from '../../domain/model/spend.ts';
import type { Forecast } from '../../domain/plan/estimate.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { renderPlanMarker } from '../../domain/task/marker.ts';
import { inlineCode, sanitizeCell, sanitizeLine, sanitizeTitle } from '../../text/sanitize-markdown.ts';
import { sanitizeWithin } from '../../text/truncate-markdown.ts';
import { estimateLine, estimateReasoning, weakPlannerNote } from '../phrases/estimate.ts';
import { cost, count, duration, totalSpend, turnCount } from '../phrases/figures.ts';
import { approvalWays, approvers } from '../phrases/join-names.ts';
import { modelFallbacks } from '../phrases/model-fallbacks.ts';
import { namedAsPlan, patternedTitle } from '../phrases/patterned.ts';
import { sensitiveFilesBlock } from '../phrases/sensitive-files.ts';
import { type DashboardLinks, dashboardLinks } from './component-pull-request.ts';

/** @param pattern the repository's; where it has a place for a scope, that says that this is a plan. */
export const planTitle = (plan: Plan, issue: number, pattern: string): string => {
  const title = sanitizeTitle(plan.title);
  return patternedTitle(pattern, pattern.includes('{scope}') ? title : `Plan: ${title}`, namedAsPlan(issue));
};

export interface PlanPullRequest {
  readonly issue: number;
  readonly revision: number;
  readonly blob: string;
  readonly path: string;
  readonly plan: Plan;
  readonly spend: readonly Spend[];
  readonly model: string;
  /** The version of the planner's system prompt, so that a plan can be traced to its instructions. */
  readonly prompt: number;
  readonly reasoning: string | null;
  /** Files that the settings seem to open to every component, but do not. */
  readonly unopened: readonly IneffectiveExtraPath[];
  /** Globs of `execution.protected_paths` that match no file of the repository. */
  readonly protectsNothing: readonly string[];
  /** What implementing it is expected to cost, and what the task may cost. */
  readonly forecast: Forecast;
  readonly limits: Limits;
  /** How it can be approved, and by how many people: the settings of that name. */
  readonly approval: { readonly by: readonly string[]; readonly required: number; readonly allow_issue_author: boolean };
  /** The planner is the cheaper of the two models. */
  readonly weakPlanner: boolean;
  /** Why the planner's review of its own plan failed; null where it did not, or none was requested. */
  readonly unreviewed: string | null;
  readonly dashboard: DashboardLinks | null;
}

/**
 * The body of the pull request that adds PLAN.md: what to read first, what it answers, how to accept or reject it, what it costs.
 */
export function planBody(p: PlanPullRequest): string {
  const { plan } = p;
  return [
    renderPlanMarker(p),
    ...sensitiveFilesBlock(plan).split('\n').slice(0, -1),
    ...(p.unreviewed === null
      ? []
      : [
          '> [!WARNING]',
          `> Self-review failed (${sanitizeLine(p.unreviewed).replace(/\.$/, '')}); this is the plan from before it. Read it with extra care.`,
          '',
        ]),
    sanitizeWithin(plan.overview, 15_000, `all of it is in \`${p.path}\`, under *Files changed*`, [p.issue]),
    '',
    '### Components',
    '',
    '| component | depends on | files |',
    '|---|---|--:|',
    ...plan.components.map(
      (c) => `| \`${c.id}\`: ${sanitizeCell(c.title)} | ${c.depends_on.map((d) => `\`${d}\``).join(', ')} | ${c.files.length} |`,
    ),
    ...(plan.open_questions.length > 0
      ? [
          '',
          '### Questions for you; the plan assumes these answers',
          '',
          ...plan.open_questions.map((q) => `- ${sanitizeLine(q.question)} **Assumed:** ${sanitizeLine(q.assumption)}`),
        ]
      : []),
    '',
    '### Your decision',
    '',
    `The whole plan is \`${p.path}\` under *Files changed*; comment on any line. Nothing starts without approval.`,
    '',
    `- **To start:** ${approvalWays(p.approval.by)}, by ${approversOf(p.approval)}.`,
    '- **To change it:** comment `/replan` with what to change, or edit the file here.',
    '',
    estimateLine(p.forecast, p.limits),
    '',
    '<details><summary>How this is estimated</summary>',
    '',
    estimateReasoning(p.forecast, plan.components.length),
    '',
    '</details>',
    '',
    ...(p.weakPlanner ? ['> [!NOTE]', `> ${weakPlannerNote(p.model, p.forecast.model)}`, ''] : []),
    ...(p.unopened.length > 0 ? [...outOfReach(p.unopened), ''] : []),
    ...(p.protectsNothing.length > 0 ? [idleProtections(p.protectsNothing), ''] : []),
    ...modelFallbacks(p.spend).flatMap((sentence) => [`> [!NOTE]\n> ${sentence}`, '']),
    ...(p.reasoning
      ? [
          '<details><summary>What the planner was thinking</summary>',
          '',
          sanitizeWithin(p.reasoning, 25_000, 'the rest is too long for this page'),
          '',
          '</details>',
          '',
        ]
      : []),
    origin(p),
  ].join('\n');
}

const approversOf = ({ required, allow_issue_author }: PlanPullRequest['approval']): string =>
  approvers(required === 1 ? 'a person' : `${required} people`, allow_issue_author);

function origin({ issue, revision, model, prompt, spend, dashboard }: PlanPullRequest): string {
  const links = dashboardLinks(dashboard);
  const plan = `Plan for #${issue}, revision ${revision}`;
  if (spend.length === 0) return `<sub>${plan}. An earlier run left it on the branch.${links}</sub>`;
  const { turns, tokens, usd, ms } = totalSpend(spend);
  return `<sub>${plan}, by \`${model}\` (prompt ${prompt}) for ${cost(usd)}: ${turnCount(turns)}, ${count(tokens)} tokens, ${duration(ms)}.${links}</sub>`;
}

const UNOPENED_SHOWN = 10;

const idleProtections = (globs: readonly string[]): string =>
  `**Protects nothing yet:** no file of this repository matches ${globs.slice(0, UNOPENED_SHOWN).map(inlineCode).join(', ')}${globs.length > UNOPENED_SHOWN ? ` and ${globs.length - UNOPENED_SHOWN} more` : ''} in \`execution.protected_paths\`. Check the spelling if files should be there.`;

const outOfReach = (files: readonly IneffectiveExtraPath[]): string[] => [
  '**Out of reach:** `execution.extra_paths` matches these files, but no component may change them:',
  '',
  ...files.slice(0, UNOPENED_SHOWN).map((f) => `- ${inlineCode(f.path)} (by ${inlineCode(f.glob)}) ${f.reason}`),
  ...(files.length > UNOPENED_SHOWN ? [`- and ${files.length - UNOPENED_SHOWN} more`] : []),
];
