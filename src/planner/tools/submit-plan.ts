import type { Workspace } from '../../agent/files/workspace.ts';
import { secretsInAnswer } from '../../agent/secrets-in-answer.ts';
import { type Answer, defineTool, type Tool, toolError, toolResult } from '../../agent/tool.ts';
import { classifiedPlanSchema, type Plan, planSchema, withoutEmptyScopes } from '../../domain/plan/plan.ts';
import { checkSoundness, type SoundnessContext } from '../soundness.ts';
import { checkText } from '../text-soundness.ts';

export interface Submitted {
  readonly kind: 'plan';
  readonly plan: Plan;
  /** Why the self-review produced no plan of its own; null where it did, or where there was none. */
  readonly unreviewed: string | null;
}

/**
 * What a submitted sound plan is: the draft that the planner then reviews itself, the result of that review, or the only
 * submission.
 */
export type Stage =
  | { readonly kind: 'draft'; readonly question: string; readonly keep: (plan: Plan) => void }
  | { readonly kind: 'reviewed' }
  | { readonly kind: 'only' };

export const submitPlanTool = (context: SoundnessContext, workspace: Workspace, stage: Stage): Tool<Submitted> =>
  defineTool({
    name: 'submit_plan',
    description: 'Submits the whole plan. If it is unsound, the findings come back: fix them and submit the whole plan again.',
    shorter: 'the same components with fewer words, in contracts above all',
    input: context.isClassified ? classifiedPlanSchema : planSchema,
    run: async (submitted) => {
      const plan = withoutEmptyScopes(submitted);
      const unsound = [...checkSoundness(plan, context), ...(await checkText(plan, workspace, context))];
      const findings = [...unsound.map((finding) => finding.message), ...(await secretsInAnswer(partsOf(plan)))];
      if (stage.kind === 'reviewed' && plan.risks.length === 0) {
        findings.push('risks is empty: list what the review showed could go wrong, each with what limits the damage.');
      }
      return findings.length > 0 ? toolError(listOf(findings)) : accept(plan, stage);
    },
  });

function accept(plan: Plan, stage: Stage): Answer<Submitted> {
  if (stage.kind !== 'draft') return { ...toolResult('Accepted.'), final: { kind: 'plan', plan, unreviewed: null } };
  stage.keep(plan);
  return toolResult(stage.question);
}

const listOf = (findings: readonly string[]): string =>
  `The plan is not sound yet:\n${findings.map((f) => `- ${f}`).join('\n')}\nFix these and submit the whole plan again.`;

/** The plan is posted, so it must not hold a secret; by parts, so that the planner can find it. */
function partsOf({ components, ...rest }: Plan): Record<string, string> {
  const whole = (part: unknown): string => JSON.stringify(part, null, 1);
  return {
    ...Object.fromEntries(Object.entries(rest).map(([key, part]) => [key, whole(part)])),
    ...Object.fromEntries(components.map((component) => [`component ${component.id}`, whole(component)])),
  };
}
