/** Segments without a line that is unique on both sides are compared line with line up to this many comparisons. */
const COMPARED_MAX = 250_000;
/** Lines compared in all. Beyond it the rest counts as changed: a file that is made to be slow must not block the process. */
const WORK_MAX = 5_000_000;

interface Range {
  readonly a: readonly [start: number, end: number];
  readonly b: readonly [start: number, end: number];
}

/**
 * For each line of `after` the index of the line of `before` that it is, or null for a new line. Indices ascend. Based on the lines
 * that are unique on both sides (as patience diff does), which finds what people would call unchanged.
 */
export function unchangedLines(before: readonly string[], after: readonly string[]): (number | null)[] {
  const found: (number | null)[] = after.map(() => null);
  const waiting: Range[] = [{ a: [0, before.length], b: [0, after.length] }];
  let work = 0;
  for (let range = waiting.pop(); range !== undefined; range = waiting.pop()) {
    let [[a0, a1], [b0, b1]] = [range.a, range.b];
    while (a0 < a1 && b0 < b1 && before[a0] === after[b0]) found[b0++] = a0++;
    while (a0 < a1 && b0 < b1 && before[a1 - 1] === after[b1 - 1]) found[--b1] = --a1;
    if (a0 === a1 || b0 === b1) continue;
    work += a1 - a0 + (b1 - b0);
    if (work > WORK_MAX) break;
    const rest: Range = { a: [a0, a1], b: [b0, b1] };
    const anchors = uniqueInBoth(before, after, rest);
    if (anchors.length === 0) {
      for (const [a, b] of commonSubsequence(before, after, rest)) found[b] = a;
      continue;
    }
    for (const [a, b] of [...anchors, [a1, b1] as const]) {
      waiting.push({ a: [a0, a], b: [b0, b] });
      if (a < a1) found[b] = a;
      [a0, b0] = [a + 1, b + 1];
    }
  }
  return found;
}

type Pair = readonly [a: number, b: number];

/** The longest ascending series of lines that occur once on either side. */
function uniqueInBoth(before: readonly string[], after: readonly string[], { a, b }: Range): Pair[] {
  const inBefore = onlyOnce(before, a);
  const pairs: Pair[] = [];
  for (const [line, j] of onlyOnce(after, b)) {
    const i = inBefore.get(line);
    if (i !== undefined && i >= 0 && j >= 0) pairs.push([i, j]);
  }
  return longestAscending(pairs.sort(([, x], [, y]) => x - y));
}

/** The index of each line; -1 for a line that occurs several times. */
function onlyOnce(lines: readonly string[], [start, end]: readonly [number, number]): Map<string, number> {
  const at = new Map<string, number>();
  for (let i = start; i < end; i++) at.set(lines[i] as string, at.has(lines[i] as string) ? -1 : i);
  return at;
}

/** By patience sorting, in n log n. `pairs` ascend in b; the result ascends in both. */
function longestAscending(pairs: readonly Pair[]): Pair[] {
  const tops: number[] = [];
  const previous: (number | null)[] = [];
  for (const [index, [a]] of pairs.entries()) {
    let [low, high] = [0, tops.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tops[middle] as number] as Pair)[0] < a) low = middle + 1;
      else high = middle;
    }
    previous[index] = low > 0 ? (tops[low - 1] as number) : null;
    tops[low] = index;
  }
  const series: Pair[] = [];
  for (let at = tops.at(-1) ?? null; at !== null; at = previous[at] ?? null) series.unshift(pairs[at] as Pair);
  return series;
}

function commonSubsequence(before: readonly string[], after: readonly string[], { a, b }: Range): Pair[] {
  const [rows, columns] = [a[1] - a[0], b[1] - b[0]];
  if (rows * columns > COMPARED_MAX) return [];
  const width = columns + 1;
  const lengths = new Uint32Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const same = before[a[0] + i] === after[b[0] + j];
      const [down, right] = [lengths[(i + 1) * width + j] as number, lengths[i * width + j + 1] as number];
      lengths[i * width + j] = same ? (lengths[(i + 1) * width + j + 1] as number) + 1 : Math.max(down, right);
    }
  }
  const pairs: Pair[] = [];
  for (let [i, j] = [0, 0]; i < rows && j < columns; ) {
    if (before[a[0] + i] === after[b[0] + j]) pairs.push([a[0] + i++, b[0] + j++]);
    else if ((lengths[(i + 1) * width + j] as number) >= (lengths[i * width + j + 1] as number)) i += 1;
    else j += 1;
  }
  return pairs;
}
