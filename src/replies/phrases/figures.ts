import type { Spend } from '../../domain/model/spend.ts';
import { totalTokens } from '../../domain/model/usage.ts';

/** 1234567 -> `1,234,567`. */
export const count = (n: number): string => n.toLocaleString('en-US');

/** `1 turn`, `9 turns`. */
export const turnCount = (turns: number): string => `${count(turns)} ${turns === 1 ? 'turn' : 'turns'}`;

/** Dollars and cents, below one cent with two more digits; an unknown price is never shown as zero. */
export const cost = (usd: number | null): string =>
  usd === null ? 'unknown' : usd >= 0.01 || usd === 0 ? `$${usd.toFixed(2)}` : `$${usd.toFixed(4)}`;

/** 61000 -> `1m 1s`. */
export function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return [h > 0 ? `${h}h` : '', m > 0 ? `${m}m` : '', h === 0 && s > 0 ? `${s}s` : ''].filter((p) => p !== '').join(' ');
}

/** The spending of several loops as one; the price is unknown if any of them is. */
export function totalSpend(spends: readonly Spend[]): { turns: number; tokens: number; usd: number | null; ms: number } {
  return {
    turns: spends.reduce((n, s) => n + s.turns, 0),
    tokens: spends.reduce((n, s) => n + totalTokens(s.usage), 0),
    usd: spends.some((s) => s.usd === null) ? null : spends.reduce((n, s) => n + (s.usd ?? 0), 0),
    ms: spends.reduce((n, s) => n + s.ms, 0),
  };
}
