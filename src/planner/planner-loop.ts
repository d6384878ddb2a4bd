import type { Workspace } from '../agent/files/workspace.ts';
import type { LoopState } from '../agent/loop.ts';
import type { Tool } from '../agent/tool.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { SELF_REVIEW } from './prompt.ts';
import type { SoundnessContext } from './soundness.ts';
import { askQuestionsTool, type PlannerQuestions } from './tools/ask-questions.ts';
import { type Stage, type Submitted, submitPlanTool } from './tools/submit-plan.ts';

export type PlannerFinal = Submitted | PlannerQuestions;

interface PlannerSetup {
  readonly workspace: Workspace;
  readonly reading: readonly Tool[];
  readonly context: SoundnessContext;
  readonly selfReview: boolean;
}

/**
 * What the planner works on: nothing, until it has a sound plan. With a self-review the first sound plan is kept as the turn's
 * edit, the answer asks the planner to review it, and what it submits then is final. If the review produces nothing acceptable, the
 * kept plan stands.
 */
export function createPlannerState({
  workspace,
  reading,
  context,
  selfReview,
}: PlannerSetup): LoopState<PlannerFinal, Plan | null> {
  let draft: Plan | null = null;
  return {
    beginTurn() {
      // Of two plans submitted in one turn the later is the draft: the planner has not read the question yet.
      let kept: Plan | null = null;
      const stage: Stage =
        draft !== null
          ? { kind: 'reviewed' }
          : selfReview
            ? { kind: 'draft', question: SELF_REVIEW.text, keep: (plan) => (kept = plan) }
            : { kind: 'only' };
      const tools = [...reading, submitPlanTool(context, workspace, stage), askQuestionsTool({ tooLate: draft !== null })];
      return { tools, edits: () => kept };
    },
    apply(plan) {
      draft = plan;
    },
    fallbackResult: (reason) => draft && { kind: 'plan', plan: draft, unreviewed: reason },
  };
}
