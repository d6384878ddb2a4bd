import type { Spend } from '../../domain/model/spend.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { Blocker, Question } from '../../domain/task/task.ts';
import type { AuthoredText } from '../../planner/context/conversation.ts';
import { makePlan } from '../../planner/make-plan.ts';
import { answeringModels } from '../../replies/phrases/model-fallbacks.ts';
import { scopePolicyOf } from '../../settings/scope-policy.ts';
import type { TryPorts } from './ports.ts';
import { recordTurns } from './record-turns.ts';

/** One planning conversation: the person's comments since the issue, and the plan so far. */
export interface LocalPlanWork {
  /** Answers and feedback of earlier rounds, oldest first. */
  readonly comments: readonly AuthoredText[];
  /** The text that starts this round; null for the first. */
  readonly notes: AuthoredText | null;
  /** PLAN.md so far, with the person's edits. */
  readonly former: string | null;
  readonly blockers: readonly { readonly component: string; readonly blocker: Blocker }[];
}

export type LocalPlanResult =
  /** `unreviewed`: why the planner's review of its own plan failed. `model`: the one that planned. */
  | {
      readonly kind: 'plan';
      readonly plan: Plan;
      readonly unreviewed: string | null;
      readonly model: string;
      readonly spend: readonly Spend[];
    }
  | { readonly kind: 'questions'; readonly questions: readonly Question[]; readonly spend: readonly Spend[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly spend: readonly Spend[] };

/** From an issue to a sound plan, to questions, or to the reason why there is none. */
export async function planLocally(ports: TryPorts, work: LocalPlanWork): Promise<LocalPlanResult> {
  const { subject, snapshots } = ports;
  const { settings, repository, head, number } = subject;
  const { planner } = settings.models;
  const end = await makePlan(
    {
      models: [planner.model, ...planner.fallback],
      effort: planner.effort,
      snapshot: await snapshots.open(repository, head),
      rules: { ...scopePolicyOf(settings, number), maxComponents: settings.plan.max_components },
      selfReview: settings.plan.self_review,
      images: null,
      facts: {
        repository: repository.name,
        commit: head,
        issue: { number, title: subject.title, body: subject.body },
        comments: work.comments,
        references: [],
        notes: work.notes,
        formerPlan: work.former,
        blockers: work.blockers,
        merged: [],
        maxComponents: settings.plan.max_components,
        instructions: settings.plan.instructions,
      },
    },
    recordTurns(ports, 'planner'),
  );
  const { spend } = end;
  if (end.kind === 'failed') return { kind: 'failed', reason: end.reason, spend };
  return end.final.kind === 'questions'
    ? { ...end.final, spend }
    : { ...end.final, model: answeringModels(spend).at(-1) ?? planner.model, spend };
}
