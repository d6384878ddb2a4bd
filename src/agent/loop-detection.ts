import type { Message, ToolCall, ToolResult } from '../domain/model/conversation.ts';
import { clip } from '../text/truncate.ts';

/** The file a call tries to change; null for calls that change none. */
export type FileOf = (call: ToolCall) => string | null;

/**
 * A model that repeats itself gets a note at the third repetition. It is stopped at the sixth when it repeats one turn, and at the
 * fourth when it alternates between two or three, which takes more turns each time.
 */
const REPETITIONS_NOTED = 3;
const CYCLES: readonly { readonly period: number; readonly most: number }[] = [
  { period: 1, most: 6 },
  { period: 2, most: 4 },
  { period: 3, most: 4 },
];
/** Turns in a row in which one file could not be changed. */
const FAILURES_MAX = 3;
/** Turns in a row in which no call succeeded. */
const FRUITLESS_MAX = 5;
const SHOWN = 200;
const VALUE_SHOWN = 80;

interface Attempt {
  readonly call: ToolCall;
  readonly result: ToolResult;
}

interface Repetition {
  /** How many turns are repeated, and how often in a row, the first time included. */
  readonly period: number;
  readonly times: number;
  readonly most: number;
}

/*
 * Everything here is derived from the conversation alone, so that a restart, which replays its messages, reaches the same verdict.
 * Turns are counted rather than calls: a model sends parallel calls before it has seen that the first of them failed.
 */

/** The note for a model that repeats itself, which follows the last answer; null when it does not. */
export function repetitionNote(conversation: readonly Message[]): string | null {
  const { period, times } = repetition(turnsOf(conversation));
  if (times < REPETITIONS_NOTED) return null;
  const what = period === 1 ? `asked for exactly this ${times} times` : `repeated the same ${period} turns ${times} times`;
  return `You have now ${what} in a row, and the answer will not change. Do something else.`;
}

/** Why the model should be stopped, for people, or null. `conversation` ends with the answers to its last calls. */
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
  const { period, times, most } = repetition(turns);
  if (times >= most) {
    const calls = turns
      .slice(-period)
      .flat()
      .map(({ call }) => shown(call));
    const what = period === 1 ? 'calls' : `${period} turns`;
    return `the model repeated the same ${what} ${times} times in a row: ${calls.join(', ')}.`;
  }
  if (turns.length >= FRUITLESS_MAX && turns.slice(-FRUITLESS_MAX).every((turn) => turn.every((a) => a.result.is_error))) {
    return `nothing that the model tried in ${FRUITLESS_MAX} turns in a row worked. The last answer it got: ${firstLine(last.at(-1)?.result.content ?? '')}`;
  }
  return null;
}

/**
 * The turns that made calls, with their answers, which come in the same order. (Ids cannot pair them: some servers restart them
 * each turn.)
 */
function turnsOf(conversation: readonly Message[]): Attempt[][] {
  return conversation.flatMap((message, i) => {
    const answer = conversation[i + 1];
    if (message.role !== 'assistant' || answer?.role !== 'tools') return [];
    return [answer.results.flatMap((result, nth) => pair(message.turn.calls[nth], result))];
  });
}

const pair = (call: ToolCall | undefined, result: ToolResult): Attempt[] => (call ? [{ call, result }] : []);

/** The cycle that the conversation ends in, the shortest where there are several. */
function repetition(turns: readonly Attempt[][]): Repetition {
  const keys = turns.map((turn) => JSON.stringify([...new Set(turn.map(({ call }) => callKey(call)))]));
  const cycles = CYCLES.map((cycle) => ({ ...cycle, times: timesInARow(keys, cycle.period) }));
  return cycles.find(({ times }) => times >= REPETITIONS_NOTED) ?? { period: 1, times: 1, most: 2 };
}

/** How often the last `period` keys occur in a row; a cycle that has begun again counts only when it is complete. */
function timesInARow(keys: readonly string[], period: number): number {
  let start = keys.length - period;
  while (start > 0 && keys[start - 1] === keys[start - 1 + period]) start -= 1;
  return Math.floor((keys.length - Math.max(0, start)) / period);
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

const callKey = (call: ToolCall): string => `${call.name} ${call.malformed ?? JSON.stringify(call.input)}`;

/** Only values that are short and whole: a secret that is cut in half is no longer recognised as one. */
function shown({ name, input }: ToolCall): string {
  const values = typeof input === 'object' && input !== null ? Object.values(input) : [];
  const words = values.filter((value) => typeof value === 'string' && value !== '' && value.length <= VALUE_SHOWN);
  return [`\`${name}\``, ...words].join(' ');
}

const firstLine = (text: string): string => clip(text.split('\n', 1)[0] as string, SHOWN);
