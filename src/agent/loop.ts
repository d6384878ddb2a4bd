import type { Message, ToolResult, Turn } from '../domain/model/conversation.ts';
import type { Spend } from '../domain/model/spend.ts';
import { addUsage, NO_USAGE } from '../domain/model/usage.ts';
import type { Clock } from '../ports/clock.ts';
import type { ModelFailure, Models, TurnRequest } from '../ports/model.ts';
import type { PriceOf } from '../ports/prices.ts';
import { redactSecrets } from '../text/redact-secrets.ts';
import { clip } from '../text/truncate.ts';
import { answerCall } from './answer-call.ts';
import { detectLoop, type FileOf, remark } from './loop-detection.ts';
import type { Tool } from './tool.ts';

/** What a model works on in one loop. Its state changes only through `apply`, so that recorded edits rebuild it. */
export interface Bench<Final, Edits> {
  /** Tools over a copy of the present state, and what they changed in it when the calls of a turn are done. */
  attempt(): { readonly tools: readonly Tool<Final>[]; edits(): Edits };
  /** `edits` as recorded: JSON. */
  apply(edits: Edits): void;
  /** What counts when the loop fails for this reason: something acceptable that was handed in before. Without this, nothing does. */
  standing?(reason: string): Final | null;
}

export interface LoopSetup<Final, Edits> {
  readonly request: Omit<TurnRequest, 'messages' | 'tools'>;
  /** The first user messages; what is shared between loops comes first, so that providers can cache it. */
  readonly opening: readonly string[];
  readonly bench: Bench<Final, Edits>;
  /** The tools that end the loop when they accept: submit_plan, finish and their like. */
  readonly terminalTools: readonly string[];
  /** Which calls change files: a model that fails at one again and again is stopped. */
  readonly fileOf?: FileOf;
  /** Where plain text is what is wanted: makes the end of it. Without this, text alone is put right. */
  readonly acceptText?: (text: string) => Final;
  readonly maxTurns: number;
}

export interface LoopPorts {
  readonly models: Models;
  readonly clock: Clock;
  readonly priceOf: PriceOf;
  /** Runs and records once; after a restart gives back what was recorded without running again. */
  readonly record: <T>(name: string, run: () => Promise<T>) => Promise<T>;
}

export type LoopEnd<Final> = (
  | { readonly kind: 'final'; readonly final: Final }
  /** `out`: it was the model that failed, not what came of it; another may do better. */
  | { readonly kind: 'failed'; readonly reason: string; readonly out: boolean }
) & {
  /** By model; the last is the one that answered. */
  readonly spend: readonly Spend[];
  readonly reasoning: string | null;
};

/** Asking the same model again will not help soon, and the request was not at fault. */
const OUT: readonly ModelFailure['kind'][] = ['unavailable', 'unknown_model', 'auth', 'unconfigured'];

/** A loop fails when the model has been put right this often since the last time it handed in something acceptable. */
const MAX_CORRECTIONS = 3;

/**
 * One recorded step: the results of the calls the last turn made, the edits they amount to, and the turn that answered them. All
 * three together, so that a restart neither asks again nor runs a tool again.
 */
interface Exchange<Final, Edits> {
  readonly results: readonly ToolResult[];
  readonly edits: Edits | null;
  readonly correction: string | null;
  /** A tool in `terminalTools` took what it was given, whether or not that ends the loop. */
  readonly accepted: boolean;
  readonly final: Final | null;
  readonly turn: Turn | null;
  readonly failure: string | null;
  readonly out: boolean;
  readonly ms: number;
}

/** Asks, answers the calls, asks again, until a tool in `terminalTools` accepts or a limit is reached. */
export async function converse<Final, Edits>(setup: LoopSetup<Final, Edits>, ports: LoopPorts): Promise<LoopEnd<Final>> {
  const messages: Message[] = setup.opening.map((text) => ({ role: 'user', text }));
  const turns: Turn[] = [];
  let corrections = 0;
  let ms = 0;
  for (;;) {
    const last = turns.at(-1) ?? null;
    const {
      results,
      edits,
      correction,
      accepted,
      final,
      turn,
      failure,
      out,
      ms: took,
    } = await ports.record(`turn ${turns.length + 1}`, () => exchange(setup, ports, messages, last, turns.length, corrections));
    ms += took;
    if (edits !== null) setup.bench.apply(edits);
    messages.push(...reply(results, correction));
    if (accepted) corrections = 0;
    else if (correction !== null) corrections += 1;
    const spend = [spendOf(setup.request.model, turns, ms, ports.priceOf)];
    const thought = turns.flatMap((t) => t.reasoning ?? []).join('\n\n');
    const reasoning = thought === '' ? null : redactSecrets(thought);
    if (final !== null) return { kind: 'final', final, spend, reasoning };
    if (turn === null) {
      const reason = redactSecrets(failure ?? 'the model gave no answer');
      const standing = setup.bench.standing?.(reason) ?? null;
      return standing === null
        ? { kind: 'failed', reason, out, spend, reasoning }
        : { kind: 'final', final: standing, spend, reasoning };
    }
    turns.push(turn);
    messages.push({ role: 'assistant', turn });
  }
}

async function exchange<Final, Edits>(
  setup: LoopSetup<Final, Edits>,
  ports: LoopPorts,
  messages: readonly Message[],
  last: Turn | null,
  asked: number,
  corrections: number,
): Promise<Exchange<Final, Edits>> {
  const started = ports.clock.now();
  const attempt = setup.bench.attempt();
  const answered = last ? await answerTurn(setup, attempt.tools, last) : NOTHING_YET;
  const { correction, accepted, final } = answered;
  const results = remarked(messages, answered.results);
  const end = (failure: string | null, turn: Turn | null = null, out = false): Exchange<Final, Edits> => ({
    results,
    edits: last ? attempt.edits() : null,
    correction,
    accepted,
    final,
    turn,
    failure,
    out,
    ms: ports.clock.now() - started,
  });
  if (final !== null) return end(null);
  if (last?.stop === 'refusal') {
    const said = clip(redactSecrets(last.text), 300);
    return end(`the model refused to go on${said ? `: "${said}"` : '.'}`);
  }
  if (last?.stop === 'context') return end('the conversation outgrew what the model can read at once.');
  const why = detectLoop([...messages, ...reply(results, correction)], setup.fileOf ?? (() => null));
  if (why !== null) return end(why);
  if (correction !== null && corrections >= MAX_CORRECTIONS) {
    return end(
      `the model was put right ${MAX_CORRECTIONS} times and still gave nothing that could be used. The last finding: ${correction}`,
    );
  }
  if (asked >= setup.maxTurns) return end(`the limit of ${setup.maxTurns} model turns was reached before it was finished.`);
  const answer = await ports.models.turn({
    ...setup.request,
    tools: attempt.tools.map((t) => t.spec),
    messages: [...messages, ...reply(results, correction)],
  });
  return answer.ok ? end(null, answer.value) : end(answer.reason.message, null, OUT.includes(answer.reason.kind));
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
    const said = turn.text.trim();
    if (setup.acceptText && turn.stop === 'end' && said !== '') {
      return { ...NOTHING_YET, final: setup.acceptText(redactSecrets(said)) };
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
  for (const call of turn.calls) {
    const answer = await answerCall(tools, call);
    results.push({ call_id: call.id, content: answer.content, is_error: answer.is_error });
    if (answer.final !== undefined) return { results, correction: null, accepted: true, final: answer.final };
    accepted ||= !answer.is_error && setup.terminalTools.includes(call.name);
    if (answer.is_error && (answer.misused || setup.terminalTools.includes(call.name))) rejected.push(answer.content);
    else useful = true;
  }
  // Looking around in between is not progress towards an end that keeps being rejected, but it is no mistake either.
  const ended = turn.calls.some((c) => setup.terminalTools.includes(c.name));
  const correction = !accepted && rejected.length > 0 && (ended || !useful) ? rejected.join('\n') : null;
  return { results, correction, accepted, final: null };
}

/** A model that goes round in circles reads so behind its last answer. */
function remarked(messages: readonly Message[], results: readonly ToolResult[]): readonly ToolResult[] {
  const note = remark([...messages, ...reply(results, null)]);
  return results.map((r, i) => (note !== null && i === results.length - 1 ? { ...r, content: `${r.content}\n\n${note}` } : r));
}

/** The message that answers a turn: its tool results, or where there were no calls the correction itself. */
function reply(results: readonly ToolResult[], correction: string | null): Message[] {
  if (results.length > 0) return [{ role: 'tools', results }];
  return correction === null ? [] : [{ role: 'user', text: correction }];
}

function spendOf(asked: string, turns: readonly Turn[], ms: number, priceOf: PriceOf): Spend {
  const usage = turns.reduce((sum, t) => addUsage(sum, t.usage), NO_USAGE);
  const prices = turns.map((t) => priceOf(t.model, t.usage));
  return {
    model: turns.at(-1)?.model ?? asked,
    turns: turns.length,
    usage,
    usd: prices.some((p) => p === null) ? null : prices.reduce<number>((sum, p) => sum + (p ?? 0), 0),
    ms,
  };
}
