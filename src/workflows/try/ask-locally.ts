import type { Spend } from '../../domain/model/spend.ts';
import { answerInText, askOpening } from '../../planner/answer-in-text.ts';
import { ASK_SYSTEM } from '../../planner/prompt.ts';
import type { TryPorts } from './ports.ts';
import { recordTurns } from './record-turns.ts';

export interface LocalAskWork {
  readonly question: string;
  /** The present PLAN.md. */
  readonly plan: string;
  readonly by: string;
}

export type LocalAskResult =
  | { readonly kind: 'answered'; readonly text: string; readonly spend: readonly Spend[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly spend: readonly Spend[] };

/** Answers a question about the plan; the plan stays as it is. */
export async function askLocally(ports: TryPorts, { question, plan, by }: LocalAskWork): Promise<LocalAskResult> {
  const { settings, repository, head, number } = ports.subject;
  const { planner } = settings.models;
  const end = await answerInText(
    {
      models: [planner.model, ...planner.fallback],
      effort: planner.effort,
      system: ASK_SYSTEM.text,
      opening: askOpening(plan, by, question),
      cacheKey: `ask:${repository.name}#${number}`,
      snapshot: await ports.snapshots.open(repository, head),
    },
    recordTurns(ports, 'planner'),
  );
  return end.kind === 'final'
    ? { kind: 'answered', text: end.final, spend: end.spend }
    : { kind: 'failed', reason: end.reason, spend: end.spend };
}
