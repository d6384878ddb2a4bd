import { DBOS } from '@dbos-inc/dbos-sdk';
import type { LoopPorts } from '../../agent/loop.ts';
import { chargesOf, costOf } from '../../domain/model/charge.ts';
import type { Message, ToolCall, ToolResult, Turn } from '../../domain/model/conversation.ts';
import type { Charge } from '../../domain/model/usage.ts';
import { type TaskRef, taskKey } from '../../domain/task/task.ts';
import type { TranscriptContent } from '../../ports/history.ts';
import type { TurnRequest } from '../../ports/model.ts';
import { costlyStep } from '../engine/steps.ts';
import type { WorkflowPorts } from './ports.ts';

/** The part of a recorded step that the transcript is made of. */
interface RecordedTurn {
  readonly turn: Turn | null;
  readonly unfinished?: readonly Charge[];
  readonly failure: string | null;
  readonly results: readonly ToolResult[];
  readonly correction: string | null;
  readonly ms: number;
}

/**
 * The ports of a task's conversation with a model: each turn is one durable step, and its transcript is written within that step, before the
 * engine records it. A step that runs again after a crash writes the same row, so the transcript is the conversation that continued.
 */
export function recordConversation(ports: WorkflowPorts, task: TaskRef): LoopPorts {
  const { models, clock, priceOf, history, log } = ports;
  // A conversation has one call in flight at a time.
  let opening: TranscriptContent['opening'] = null;

  const listening: LoopPorts['models'] = {
    ...models,
    turn(request) {
      opening = openingOf(request);
      return models.turn(request);
    },
  };

  const record = <T>(name: string, run: () => Promise<T>): Promise<T> =>
    costlyStep(name, async () => {
      opening = null;
      const made = await run();
      if (isRecordedTurn(made)) await note(name, made);
      return made;
    });

  async function note(name: string, made: RecordedTurn): Promise<void> {
    const workflow = DBOS.workflowID ?? '';
    const { turn, ms } = made;
    try {
      await history.noteTurn({
        workflow,
        name,
        task,
        at: clock.now(),
        ms,
        model: turn?.model ?? null,
        ...costOf(chargesOf(made), priceOf),
        failed: made.failure !== null,
        content: contentOf(made, opening),
      });
    } catch (error) {
      // The turn is paid for: it is worth more than what people read of it.
      log.warn({ err: error, task: taskKey(task), workflow }, 'The transcript lacks a turn');
    }
  }

  return { models: listening, clock, priceOf, record };
}

/** Null after the first turn: everything that was said since is in the turns before. */
function openingOf({ system, tools, messages }: TurnRequest): TranscriptContent['opening'] {
  if (messages.some(({ role }) => role === 'assistant')) return null;
  const said = (message: Message): string[] => (message.role === 'user' ? [message.text] : []);
  return { system, tools: tools.map(({ name }) => name), messages: messages.flatMap(said) };
}

const contentOf = (
  { turn, failure, results, correction }: RecordedTurn,
  opening: TranscriptContent['opening'],
): TranscriptContent => ({
  opening,
  results: results.map((r) => ({ id: r.call_id, content: r.content, isError: r.is_error })),
  // With results the correction is what they say already.
  correction: correction === null || results.length > 0 ? null : correction,
  reasoning: turn?.reasoning ?? null,
  text: turn?.text ?? '',
  calls: (turn?.calls ?? []).map((call) => ({ id: call.id, name: call.name, input: inputOf(call) })),
  failure,
});

const inputOf = (call: ToolCall): string => (call.malformed !== undefined ? call.malformed : JSON.stringify(call.input));

const isRecordedTurn = (made: unknown): made is RecordedTurn =>
  typeof made === 'object' && made !== null && 'turn' in made && 'results' in made && 'correction' in made;
