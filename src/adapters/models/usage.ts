import type { Usage } from '../../domain/model/usage.ts';
import type { TurnRequest } from '../../ports/model.ts';

/** The counts as a server reports them. Servers may leave them out, and some report values that are no counts. */
export interface ReportedUsage {
  /** Everything that went in, cached or not. */
  readonly prompt?: unknown;
  readonly cacheRead?: unknown;
  readonly cacheWrite?: unknown;
  /** Everything that came out, reasoning included. */
  readonly output?: unknown;
  readonly reasoning?: unknown;
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
 * The usage to bill. Where a count is missing, or 0 although there was something to count, it is estimated at four bytes a token,
 * because a limit that counts nothing would stop nothing. What is no count at all (NaN, negative, infinite, absurdly large) comes
 * from a server that cannot be trusted with numbers, so the most that it can have been is billed.
 */
export function billedUsage(reported: ReportedUsage, request: TurnRequest, visible: Visible): Usage {
  const thought = visible.reasoning === '' ? 0 : bytes(visible.reasoning);
  const said = thought + (isNothing(visible.answer) ? 0 : bytes(visible.answer));
  const output = outputOf(reported.output, said, request.maxOutputTokens);
  const reasoning = countOf(reported.reasoning);
  return {
    ...inputOf(reported, bytes([request.system, request.tools, request.messages])),
    output,
    reasoning: Math.min(output, typeof reasoning === 'number' ? reasoning : estimated(thought)),
  };
}

type InputUsage = Pick<Usage, 'input' | 'cache_read' | 'cache_write'>;

/** @param length of the request, in bytes. */
function inputOf({ prompt, cacheRead, cacheWrite }: ReportedUsage, length: number): InputUsage {
  const [all, read, write] = [countOf(prompt), countOf(cacheRead), countOf(cacheWrite)];
  if (all === 'wrong' || read === 'wrong' || write === 'wrong') return { input: length, cache_read: 0, cache_write: 0 };
  if (!isBelievable(all, length)) return { input: estimated(length), cache_read: 0, cache_write: 0 };
  const cache_read = Math.min(read ?? 0, all);
  const cache_write = Math.min(write ?? 0, all - cache_read);
  return { input: all - cache_read - cache_write, cache_read, cache_write };
}

/** @param length of what came out, in bytes. */
function outputOf(reported: unknown, length: number, most: number): number {
  const count = countOf(reported);
  if (count === 'wrong') return Math.max(most, estimated(length));
  return isBelievable(count, length) ? count : estimated(length);
}

const isBelievable = (count: number | null, length: number): count is number => count !== null && (count > 0 || length === 0);

/** Null: not reported. */
export function countOf(value: unknown): number | 'wrong' | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !(value >= 0 && value <= MOST_TOKENS)) return 'wrong';
  return Math.ceil(value);
}

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');
const estimated = (length: number): number => Math.ceil(length / BYTES_PER_TOKEN);
const isNothing = (answer: unknown): boolean => Array.isArray(answer) && answer.every((part) => part === '' || isEmptyList(part));
const isEmptyList = (part: unknown): boolean => Array.isArray(part) && part.length === 0;
