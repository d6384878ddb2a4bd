import { chargesOf, costOf } from '../domain/model/charge.ts';
import type { Message, ToolCall, ToolResult, Turn } from '../domain/model/conversation.ts';
import type { ModelImage } from '../domain/model/image.ts';
import type { Spend } from '../domain/model/spend.ts';
import type { Charge } from '../domain/model/usage.ts';
import type { Clock } from '../ports/clock.ts';
import type { ModelFailure, Models, TurnRequest } from '../ports/model.ts';
import type { PriceOf } from '../ports/prices.ts';
import { redactSecrets } from '../text/redaction/redact-secrets.ts';
import { clip } from '../text/truncate.ts';
import { answerCall } from './answer-call.ts';
import { boundTurn } from './bounded-turn.ts';
import { detectLoop, type FileOf, repetitionNote } from './loop-detection.ts';
import type { Tool } from './tool.ts';

/** What the model of one loop works on: it changes only through `apply`, so that replaying recorded edits rebuilds it. */
export interface LoopState<Final, Edits> {
  /** Tools over a copy of the state, and what they have changed in the copy once the calls of a turn are answered. */
  beginTurn(): { readonly tools: readonly Tool<Final>[]; edits(): Edits };
  /** `edits` as recorded: JSON. */
  apply(edits: Edits): void;
  /**
   * The result when the loop fails for this reason: something acceptable that was submitted earlier. Null or missing: there is
   * none.
   */
  fallbackResult?(reason: string): Final | null;
}

/** A message with images. */
export interface Illustrated {
  readonly text: string;
  readonly images: readonly ModelImage[];
}

export interface LoopSetup<Final, Edits> {
  readonly request: Omit<TurnRequest, 'messages' | 'tools'>;
  /** The first user messages. The part that loops have in common comes first, so that providers can cache it. */
  readonly opening: readonly (string | Illustrated)[];
  readonly state: LoopState<Final, Edits>;
  /** The tools that end the loop when they accept: submit_plan, finish and their like. */
  readonly terminalTools: readonly string[];
  /**
   * Those of them that report what the calls of the conversation have done: one is answered by its tool only where no other call of
   * its turn failed or comes after it, because the model has not read those answers yet.
   */
  readonly reportingTools?: readonly string[];
  /** Which calls change files: a model that keeps failing at one file is stopped. */
  readonly fileOf?: FileOf;
  /** For loops that end in plain text: turns the text into the result. Without this, text without a call is corrected. */
  readonly acceptText?: (text: string) => Final;
  readonly maxTurns: number;
}

export interface LoopPorts {
  readonly models: Models;
  readonly clock: Clock;
  readonly priceOf: PriceOf;
  /** Runs and records once; after a restart it returns what was recorded instead of running again. */
  readonly record: <T>(name: string, run: () => Promise<T>) => Promise<T>;
}

export type LoopEnd<Final> = (
  | { readonly kind: 'final'; readonly final: Final }
  /**
   * `modelUnavailable`: the model could not answer, so another one may. `rejected`: its provider refused the request, which
   * another provider may accept, or refuse as well.
   */
  | { readonly kind: 'failed'; readonly reason: string; readonly modelUnavailable: boolean; readonly rejected?: boolean }
) & {
  /** By model; the last is the one that answered. */
  readonly spend: readonly Spend[];
  readonly reasoning: string | null;
};

/** Failures that another request to the same model will not cure soon, and that are not the request's fault. */
const UNAVAILABLE: readonly ModelFailure['kind'][] = ['unavailable', 'unknown_model', 'auth', 'unconfigured'];

/** A loop fails when the model needs another correction after so many since it last submitted something acceptable. */
const MAX_CORRECTIONS = 3;

/**
 * One recorded step: the results of the calls the last turn made, the edits they amount to, and the turn that answered them. All
 * three are recorded together, so that a restart neither calls the model nor runs a tool again.
 */
interface Exchange<Final, Edits> {
  readonly results: readonly ToolResult[];
  readonly edits: Edits | null;
  readonly correction: string | null;
  /** A tool in `terminalTools` accepted its input, whether or not that ends the loop. */
  readonly accepted: boolean;
  readonly final: Final | null;
  /** Null: the model was not called, or did not answer. Together with a `failure`: it answered, but the answer cannot be used. */
  readonly turn: Turn | null;
  readonly failure: string | null;
  /** Whether the failure is that the model is unavailable. */
  readonly out: boolean;
  /** Missing where an older version recorded the step. */
  readonly rejected?: boolean;
  /** What is billed although the model did not answer. Missing where nothing is, or where an older version recorded the step. */
  readonly unfinished?: readonly Charge[];
  readonly ms: number;
}

/** How far a loop has come before a step. */
interface Position {
  readonly messages: readonly Message[];
  /** The turn whose calls are to be answered; null before the first. */
  readonly last: Turn | null;
  readonly asked: number;
  readonly corrections: number;
}

/** Calls the model, answers its tool calls and calls it again, until a tool in `terminalTools` accepts or a limit is reached. */
export async function runLoop<Final, Edits>(setup: LoopSetup<Final, Edits>, ports: LoopPorts): Promise<LoopEnd<Final>> {
  const messages: Message[] = setup.opening.map((part) =>
    typeof part === 'string' ? { role: 'user', text: part } : { role: 'user', ...part },
  );
  const turns: Turn[] = [];
  const charges: Charge[] = [];
  let corrections = 0;
  let ms = 0;
  for (;;) {
    const at: Position = { messages, last: turns.at(-1) ?? null, asked: turns.length, corrections };
    const step = await ports.record(`turn ${turns.length + 1}`, () => exchange(setup, ports, at));
    ms += step.ms;
    if (step.edits !== null) setup.state.apply(step.edits);
    messages.push(...reply(step.results, step.correction));
    if (step.accepted) corrections = 0;
    else if (step.correction !== null) corrections += 1;
    charges.push(...chargesOf(step));
    if (step.turn !== null) turns.push(step.turn);
    if (step.turn !== null && step.failure === null) {
      messages.push({ role: 'assistant', turn: step.turn });
      continue;
    }
    const model = turns.at(-1)?.model ?? setup.request.model;
    const spend: Spend[] = [{ model, turns: turns.length, ...costOf(charges, ports.priceOf), ms }];
    const thought = turns.flatMap((t) => t.reasoning ?? []).join('\n\n');
    const reasoning = thought === '' ? null : redactSecrets(thought);
    if (step.final !== null) return { kind: 'final', final: step.final, spend, reasoning };
    const reason = redactSecrets(step.failure ?? 'the model gave no answer');
    const fallback = setup.state.fallbackResult?.(reason) ?? null;
    return fallback === null
      ? { kind: 'failed', reason, modelUnavailable: step.out, rejected: step.rejected ?? false, spend, reasoning }
      : { kind: 'final', final: fallback, spend, reasoning };
  }
}

async function exchange<Final, Edits>(
  setup: LoopSetup<Final, Edits>,
  ports: LoopPorts,
  { messages, last, asked, corrections }: Position,
): Promise<Exchange<Final, Edits>> {
  const started = ports.clock.now();
  const { tools, edits } = setup.state.beginTurn();
  const answered = last ? await answerTurn(setup, tools, last) : NOTHING_YET;
  const { correction, accepted, final } = answered;
  const results = withRepetitionNote(messages, answered.results);
  const end = (failure: string | null, turn: Turn | null = null, none?: ModelFailure): Exchange<Final, Edits> => ({
    results,
    edits: last ? edits() : null,
    correction,
    accepted,
    final,
    turn,
    failure,
    out: none !== undefined && UNAVAILABLE.includes(none.kind),
    rejected: none?.kind === 'rejected',
    ...(none?.unfinished && { unfinished: none.unfinished }),
    ms: ports.clock.now() - started,
  });
  if (final !== null) return end(null);
  if (last?.stop === 'refusal') {
    const reason = clip(redactSecrets(last.text), 300);
    return end(`the model refused to continue${reason ? `: "${reason}"` : '.'}`);
  }
  if (last?.stop === 'context') return end('the conversation outgrew the context window of the model.');
  const why = detectLoop([...messages, ...reply(results, correction)], setup.fileOf ?? (() => null));
  if (why !== null) return end(why);
  if (correction !== null && corrections >= MAX_CORRECTIONS) {
    return end(`the model gave nothing usable after ${MAX_CORRECTIONS} corrections. The last finding: ${correction}`);
  }
  if (asked >= setup.maxTurns) return end(`the limit of ${setup.maxTurns} model turns was reached before the work was finished.`);
  const answer = await ports.models.turn({
    ...setup.request,
    tools: tools.map((t) => t.spec),
    messages: [...messages, ...reply(results, correction)],
  });
  if (!answer.ok) return end(answer.reason.message, null, answer.reason);
  const { turn, failure } = boundTurn(answer.value);
  return end(failure, turn);
}

interface Answered<Final> {
  readonly results: readonly ToolResult[];
  readonly correction: string | null;
  readonly accepted: boolean;
  readonly final: Final | null;
}
const NOTHING_YET: Answered<never> = { results: [], correction: null, accepted: false, final: null };

/** Answers the calls of one turn in order, up to the one that ends the loop. */
async function answerTurn<Final>(
  setup: LoopSetup<Final, unknown>,
  tools: readonly Tool<Final>[],
  turn: Turn,
): Promise<Answered<Final>> {
  const ways = setup.terminalTools.join(' or ');
  if (turn.calls.length === 0) {
    if (turn.stop === 'refusal' || turn.stop === 'context') return NOTHING_YET;
    const text = turn.text.trim();
    if (setup.acceptText && turn.stop === 'end' && text !== '') {
      return { ...NOTHING_YET, final: setup.acceptText(redactSecrets(text)) };
    }
    if (setup.acceptText)
      return { ...NOTHING_YET, correction: 'Your answer was empty or cut off. Give it in plain text, shorter.' };
    const why = turn.stop === 'length' ? 'Your answer was cut off at the output limit' : 'You answered without calling a tool';
    return { ...NOTHING_YET, correction: `${why}. Nobody reads plain text here: end by calling ${ways}.` };
  }
  const results: ToolResult[] = [];
  const rejected: string[] = [];
  let useful = false;
  let accepted = false;
  let ended = false;
  for (const call of turn.calls) {
    const early = whyTooEarly(setup, turn.calls, results);
    if (early !== null) {
      // The tool is not asked: a finding of the output gate would use up the one time that findings go back.
      results.push({ call_id: call.id, content: early, is_error: true });
      continue;
    }
    const isLast = results.length === turn.calls.length - 1;
    const answer = await answerCall(tools, call, turn.stop === 'length' && isLast);
    results.push({ call_id: call.id, content: answer.content, is_error: answer.is_error });
    if (answer.final !== undefined) return { results, correction: null, accepted: true, final: answer.final };
    const isTerminal = setup.terminalTools.includes(call.name);
    ended ||= isTerminal;
    accepted ||= !answer.is_error && isTerminal;
    if (answer.is_error && (answer.misused || isTerminal)) rejected.push(answer.content);
    else useful = true;
  }
  // Reading in between is not progress towards a submission that keeps being rejected, but it is no mistake either.
  const correction = !accepted && rejected.length > 0 && (ended || !useful) ? rejected.join('\n') : null;
  return { results, correction, accepted, final: null };
}

/**
 * Why the next call, the one after `results`, is not given to its tool yet; null when it is. A report that was written together with
 * a change that failed, or ahead of a change, describes work that does not exist.
 */
function whyTooEarly(
  { reportingTools = [] }: Pick<LoopSetup<unknown, unknown>, 'reportingTools'>,
  calls: readonly ToolCall[],
  results: readonly ToolResult[],
): string | null {
  const call = calls[results.length];
  if (!call || !reportingTools.includes(call.name)) return null;
  const isOther = (nth: number): boolean => !reportingTools.includes(calls[nth]?.name ?? call.name);
  const then = `then call ${call.name} again.`;
  if (results.some((result, nth) => result.is_error && isOther(nth)))
    return `Not accepted: another call of this turn failed. Read its answer, ${then}`;
  const follows = calls.some((_, nth) => nth > results.length && isOther(nth));
  return follows ? `Not accepted: other calls of this turn came after it. Read their answers, ${then}` : null;
}

/** Adds the note for a model that repeats itself after its last answer. */
function withRepetitionNote(messages: readonly Message[], results: readonly ToolResult[]): readonly ToolResult[] {
  const note = repetitionNote([...messages, ...reply(results, null)]);
  return results.map((r, i) => (note !== null && i === results.length - 1 ? { ...r, content: `${r.content}\n\n${note}` } : r));
}

/** The message that answers a turn: its tool results, or the correction itself where there were no calls. */
function reply(results: readonly ToolResult[], correction: string | null): Message[] {
  if (results.length > 0) return [{ role: 'tools', results }];
  return correction === null ? [] : [{ role: 'user', text: correction }];
}
