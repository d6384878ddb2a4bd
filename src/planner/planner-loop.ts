import type { LoopState } from '../agent/loop.ts';
import type { Tool } from '../agent/tool.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { SELF_REVIEW } from './prompt.ts';
import type { SoundnessContext } from './soundness.ts';
import { type Asked, askQuestionsTool } from './tools/ask-questions.ts';
import { type Stage, type Submitted, submitPlanTool } from './tools/submit-plan.ts';

export type PlannerFinal = Submitted | Asked;

/**
 * What the planner works on: nothing, until it has a sound plan. With a self-review the first sound plan is kept as the turn's edit,
 * the planner is asked the question of the review in return, and what it submits then is final. The kept plan stands if nothing
 * comes of that.
 */
export function createPlannerState(
  reading: readonly Tool[],
  context: SoundnessContext,
  selfReview: boolean,
): LoopState<PlannerFinal, Plan | null> {
  let draft: Plan | null = null;
  return {
    beginTurn() {
      // Submitted twice in one turn, the later plan is the draft: the question was not yet asked.
      let kept: Plan | null = null;
      const stage: Stage =
        draft !== null
          ? { kind: 'reviewed' }
          : selfReview
            ? { kind: 'draft', question: SELF_REVIEW.text, keep: (plan) => (kept = plan) }
            : { kind: 'only' };
      const tools = [...reading, submitPlanTool(context, stage), askQuestionsTool({ tooLate: draft !== null })];
      return { tools, edits: () => kept };
    },
    apply(plan) {
      draft = plan;
    },
    fallbackResult: (reason) => draft && { kind: 'plan', plan: draft, unreviewed: reason },
  };
}
