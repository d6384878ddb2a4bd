import type { LoopPorts } from '../../agent/loop.ts';
import { chargesOf, costOf } from '../../domain/model/charge.ts';
import { totalTokens } from '../../domain/model/usage.ts';
import { costlyStep } from '../engine/steps.ts';
import type { TryPorts } from './ports.ts';
import { isTurn, type RecordedTurn } from './progress.ts';

/** The ports of a conversation: each turn is one durable step, and is reported when it is made, not when it is read back. */
export function recordTurns({ models, clock, priceOf, report }: TryPorts, who: string): LoopPorts {
  const record = <T>(name: string, run: () => Promise<T>): Promise<T> =>
    costlyStep(name, async () => {
      const turn = Number(/\d+/.exec(name)?.[0] ?? 0);
      report({ kind: 'asking', who, turn });
      unanswered = false;
      const made = await run();
      if (!isTurn(made)) return made;
      tell(turn, made);
      return { ...made, unanswered };
    });

  // A conversation has one call in flight at a time.
  let unanswered = false;
  const listening: LoopPorts['models'] = {
    ...models,
    async turn(request) {
      const answer = await models.turn(request);
      unanswered = !answer.ok;
      return answer;
    },
  };

  function tell(nth: number, made: RecordedTurn): void {
    const { turn, failure, results, ms } = made;
    const refused = results.filter(({ is_error }) => is_error).map(({ content }) => content);
    if (turn !== null) {
      const { model, calls } = turn;
      const { usage, usd } = costOf(chargesOf(made), priceOf);
      report({ kind: 'turn', who, turn: nth, model, calls, refused, tokens: totalTokens(usage), usd, ms });
    }
    if (failure !== null) report({ kind: 'no_turn', who, reason: failure });
  }

  return { models: listening, clock, priceOf, record };
}
