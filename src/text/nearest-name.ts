import { closest, distance } from 'fastest-levenshtein';

/**
 * Whether one name may be a misspelling of another: two letters of it, or a third of them, differ. In short names, a single letter.
 */
export const isNear = (written: string, meant: string): boolean =>
  distance(written.toLowerCase(), meant.toLowerCase()) <= (written.length < 4 ? 1 : Math.max(2, Math.floor(written.length / 3)));

/** The known name that was probably meant; null where none is near enough to be worth naming. */
export function nearestName(written: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const nearest = closest(written, known);
  return isNear(written, nearest) ? nearest : null;
}
