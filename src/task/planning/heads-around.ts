import type { BranchMove } from '../../ports/forge/branches.ts';

/**
 * The commits that were at a branch's head around a moment, by GitHub's own log; null where the log does not say. Clocks that count
 * in seconds cannot tell which of two events within `slackMs` was first, so every head in that time counts.
 * @param head the pull request's head now: a log that does not end with it lags behind.
 */
export function headsAround(
  { moves, whole }: { readonly moves: readonly BranchMove[]; readonly whole: boolean },
  { at, slackMs, head }: { readonly at: string; readonly slackMs: number; readonly head: string },
): readonly string[] | null {
  // A pull request keeps showing the head of a branch that was deleted.
  const log = (moves[0]?.after === null ? moves.slice(1) : [...moves]).toReversed();
  const [first] = log;
  if (!first || log.at(-1)?.after !== head || !isChain(log)) return null;
  const [from, to] = [Date.parse(at) - slackMs, Date.parse(at) + slackMs];
  const earlier = log.filter((move) => Date.parse(move.at) < from);
  if (earlier.length === 0 && !whole) return null;
  const within = log.filter((move) => Date.parse(move.at) >= from && Date.parse(move.at) <= to);
  const heads = [earlier.at(-1)?.after ?? (earlier.length === 0 ? first.before : null), ...within.map((move) => move.after)];
  const seen = [...new Set(heads.filter((sha) => sha !== null))];
  return seen.length > 0 ? seen : null;
}

/** Whether no move is missing between its entries. */
const isChain = (log: readonly BranchMove[]): boolean =>
  log.every(({ after }, i) => i === log.length - 1 || log[i + 1]?.before === after);
