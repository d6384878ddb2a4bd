import type { Usage } from '../../domain/model/usage.ts';
import type { TurnRequest } from '../../ports/model.ts';

/** The counts as a server reports them. Servers leave them out, and some report what is no count: then nobody else has counted. */
export interface ReportedUsage {
  /** Everything that went in, cached or not. */
  readonly prompt: unknown;
  readonly cacheRead: unknown;
  readonly cacheWrite: unknown;
  /** Everything that came out, reasoning included. */
  readonly output: unknown;
  readonly reasoning: unknown;
}

/** What came out, as far as it can be seen: a summary of the reasoning is shorter than the reasoning. */
export interface Visible {
  readonly answer: unknown;
  readonly reasoning: string;
}

const BYTES_PER_TOKEN = 4;
/** No model reads or writes as much in one call; a larger number is not a count. */
const MOST_TOKENS = 100_000_000;

/**
 * The usage to bill. Where a count is missing, or is 0 although there was something to count, it is estimated at four bytes a token,
 * because a limit that counts nothing would stop nothing. What is no count at all (NaN, negative, infinite, absurdly large) comes from
 * a server that cannot be trusted with numbers, so the most that it can have been is billed.
 */
export function billedUsage(reported: ReportedUsage, request: TurnRequest, visible: Visible): Usage {
  const asked = bytes([request.system, request.tools, request.messages]);
  const thought = visible.reasoning === '' ? 0 : tokens(bytes(visible.reasoning));
  const said = thought + (isNothing(visible.answer) ? 0 : tokens(bytes(visible.answer)));

  const inputs = [reported.prompt, reported.cacheRead, reported.cacheWrite].map(countOf);
  const [prompt = null, read = null, write = null] = inputs.map((count) => (count === 'wrong' ? null : count));
  const input = inputs.includes('wrong') ? asked : (prompt ?? 0);
  const isCounted = input > 0 && !inputs.includes('wrong');
  const cache_read = isCounted ? Math.min(read ?? 0, input) : 0;
  const cache_write = isCounted ? Math.min(write ?? 0, input - cache_read) : 0;

  const out = countOf(reported.output);
  const output = out === 'wrong' ? Math.max(request.maxOutputTokens, said) : out || said;
  const reasoning = countOf(reported.reasoning);
  return {
    input: (input > 0 ? input : tokens(asked)) - cache_read - cache_write,
    cache_read,
    cache_write,
    output,
    reasoning: Math.min(output, typeof reasoning === 'number' && out ? reasoning : thought),
  };
}

/** Null: not reported. */
export function countOf(value: unknown): number | 'wrong' | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !(value >= 0 && value <= MOST_TOKENS)) return 'wrong';
  return Math.ceil(value);
}

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');
const tokens = (length: number): number => Math.ceil(length / BYTES_PER_TOKEN);
const isNothing = (answer: unknown): boolean => Array.isArray(answer) && answer.every((part) => part === '' || isEmptyList(part));
const isEmptyList = (part: unknown): boolean => Array.isArray(part) && part.length === 0;
