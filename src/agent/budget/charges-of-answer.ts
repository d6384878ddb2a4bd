import { chargesOf } from '../../domain/model/charge.ts';
import type { Turn } from '../../domain/model/conversation.ts';
import type { Charge } from '../../domain/model/usage.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { ModelFailure } from '../../ports/model.ts';

/** Everything that is billed for a call of a model, whether or not a turn came back. */
export const chargesOfAnswer = (answer: Outcome<Turn, ModelFailure>): readonly Charge[] =>
  chargesOf(answer.ok ? { turn: answer.value } : { ...answer.reason, turn: null });
