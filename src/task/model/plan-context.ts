import type { Plan } from '../../domain/plan/plan.ts';
import { specHash } from '../../domain/plan/spec-hash.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import type { PlanView, TaskView } from './view.ts';

/** A plan that can be read at the head of its pull request, with everything that decides about its components. */
export interface PlanContext {
  readonly view: TaskView;
  readonly shownPlan: PlanView;
  /** The text that `shownPlan` holds. */
  readonly plan: Plan;
  /** PLAN.md's blob at the head. */
  readonly blob: string;
  /** Spec hashes that people approve of, by component id. */
  readonly approved: Readonly<Record<string, string>>;
  readonly settings: Settings;
  /** Who is requested to review the pull requests that were made from the plan. */
  readonly reviewers: readonly string[];
}

/** Whether the component is planned, and exactly this spec of it is approved. */
export const mayRun = ({ plan, approved }: Pick<PlanContext, 'plan' | 'approved'>, id: string): boolean =>
  plan.components.some((c) => c.id === id) && approved[id] === specHash(plan, id);
