import type { Message, ToolCall, ToolResult } from '../domain/model/conversation.ts';
import { clip } from '../text/truncate.ts';

/** The file a call tries to change; null for calls that change none. */
export type FileOf = (call: ToolCall) => string | null;

/** The same calls in so many turns in a row are remarked upon, and end the loop. */
const SAME_REMARKED = 3;
const SAME_MAX = 6;
/** Turns in a row in which one file could not be changed. */
const FAILURES_MAX = 3;
/** Turns in a row in which nothing worked, whatever it was. */
const FRUITLESS_MAX = 5;
const SHOWN = 200;
const VALUE_SHOWN = 80;

interface Attempt {
  readonly call: ToolCall;
  readonly result: ToolResult;
}

/*
 * Everything here is read off the conversation alone, so that a restart, which has its messages back, comes to the same. Turns are
 * counted rather than calls: what a model sends side by side it sends before it has seen that the first of it failed.
 */

/** What to say behind the last answer to a model that goes round in circles, or null. */
export function remark(conversation: readonly Message[]): string | null {
  const times = sameInARow(turnsOf(conversation));
  if (times < SAME_REMARKED) return null;
  return `You have now asked for exactly this ${times} times in a row, and the answer will not change. Do something else.`;
}

/** Why the model had better be stopped, for people, or null. `conversation` ends with the answers to its last calls. */
export function detectLoop(conversation: readonly Message[], fileOf: FileOf): string | null {
  const turns = turnsOf(conversation);
  const last = turns.at(-1) ?? [];
  const failed = failedFile(turns, fileOf);
  if (failed) {
    const errors = failed.attempts.map(
      ({ call, result }) => `- \`${call.name}\`: ${firstLine(result.content).replace(`${failed.file}: `, '')}`,
    );
    return `${failed.file} could not be changed in ${FAILURES_MAX} attempts in a row. What was tried:\n\n${[...new Set(errors)].join('\n')}`;
  }
  if (sameInARow(turns) >= SAME_MAX) {
    return `the model asked for the same ${SAME_MAX} times in a row and learned nothing from the answer: ${last.map(({ call }) => shown(call)).join(', ')}.`;
  }
  if (turns.length >= FRUITLESS_MAX && turns.slice(-FRUITLESS_MAX).every((turn) => turn.every((a) => a.result.is_error))) {
    return `nothing that the model tried in ${FRUITLESS_MAX} turns in a row worked. The last answer it got: ${firstLine(last.at(-1)?.result.content ?? '')}`;
  }
  return null;
}

/** The turns that made calls, with their answers, which come in the same order. (Ids do not tell: some servers begin anew each turn.) */
function turnsOf(conversation: readonly Message[]): Attempt[][] {
  return conversation.flatMap((message, i) => {
    const answer = conversation[i + 1];
    if (message.role !== 'assistant' || answer?.role !== 'tools') return [];
    return [answer.results.flatMap((result, nth) => pair(message.turn.calls[nth], result))];
  });
}

const pair = (call: ToolCall | undefined, result: ToolResult): Attempt[] => (call ? [{ call, result }] : []);

/** How many of the last turns are the same as the very last one. */
function sameInARow(turns: readonly Attempt[][]): number {
  const said = turns.map((turn) => JSON.stringify([...new Set(turn.map(({ call }) => visibleFileText(call)))]));
  const different = said.findLastIndex((text) => text !== said.at(-1));
  return said.length - 1 - different;
}

/** A file that could not be changed in several turns, with no success in between, and what was tried. */
function failedFile(
  turns: readonly Attempt[][],
  fileOf: FileOf,
): { readonly file: string; readonly attempts: readonly Attempt[] } | null {
  const failures = new Map<string, Map<number, Attempt>>();
  for (const [nth, turn] of turns.entries()) {
    for (const attempt of turn) {
      const file = fileOf(attempt.call);
      if (file === null) continue;
      if (!attempt.result.is_error) failures.delete(file);
      else failures.set(file, new Map([...(failures.get(file) ?? []), [nth, attempt]]));
    }
  }
  for (const [file, attempts] of failures) if (attempts.size >= FAILURES_MAX) return { file, attempts: [...attempts.values()] };
  return null;
}

const visibleFileText = (call: ToolCall): string => `${call.name} ${call.malformed ?? JSON.stringify(call.input)}`;

/** Only what is short and whole: a secret that is cut is not known for one any more. */
function shown({ name, input }: ToolCall): string {
  const values = typeof input === 'object' && input !== null ? Object.values(input) : [];
  const words = values.filter((value) => typeof value === 'string' && value !== '' && value.length <= VALUE_SHOWN);
  return [`\`${name}\``, ...words].join(' ');
}

const firstLine = (text: string): string => clip(text.split('\n', 1)[0] as string, SHOWN);
