import imported from '@jest/diff-sequences';

// Node gives the function itself; the types are written for `require`.
const diffSequences = imported as unknown as typeof imported.default;

/** Old lines that become new ones: 0-based, `To` is after the last. One of the two sides may be empty, not both. */
export interface Hunk {
  readonly oldFrom: number;
  readonly oldTo: number;
  readonly newFrom: number;
  readonly newTo: number;
}

/** Two generated files with nothing in common would take minutes; past this, what is between the common ends is one hunk. */
const COMPARISONS_MAX = 20_000_000;

/** What differs, top to bottom: the fewest lines that can be left out and put in. */
export function hunksOf(oldLines: readonly string[], newLines: readonly string[]): Hunk[] {
  const hunks: Hunk[] = [];
  let oldFrom = 0;
  let newFrom = 0;
  const common = (count: number, oldTo: number, newTo: number) => {
    if (oldTo > oldFrom || newTo > newFrom) hunks.push({ oldFrom, oldTo, newFrom, newTo });
    oldFrom = oldTo + count;
    newFrom = newTo + count;
  };
  let comparisons = 0;
  const isCommon = (old: number, now: number) => {
    comparisons += 1;
    if (comparisons > COMPARISONS_MAX) throw new TooDifferent();
    return oldLines[old] === newLines[now];
  };
  try {
    diffSequences(oldLines.length, newLines.length, isCommon, common);
  } catch (error) {
    if (!(error instanceof TooDifferent)) throw error;
    return [betweenCommonEnds(oldLines, newLines)];
  }
  common(0, oldLines.length, newLines.length);
  return hunks;
}

class TooDifferent extends Error {}

function betweenCommonEnds(oldLines: readonly string[], newLines: readonly string[]): Hunk {
  const shorter = Math.min(oldLines.length, newLines.length);
  let head = 0;
  while (head < shorter && oldLines[head] === newLines[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && oldLines.at(-1 - tail) === newLines.at(-1 - tail)) tail += 1;
  return { oldFrom: head, oldTo: oldLines.length - tail, newFrom: head, newTo: newLines.length - tail };
}
