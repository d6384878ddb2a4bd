/** One measured number. The name stays the same from one recording to the next, because recordings are compared by it. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** Measures, prints what it finds as it goes, and returns what is worth comparing. */
export type Bench = (args: readonly string[]) => Promise<readonly Figure[]>;

/** Names the figures of one thing that was measured. */
export const figuresOf = (
  what: string,
  values: Readonly<Record<string, readonly [value: number | null | undefined, unit: string]>>,
): Figure[] =>
  Object.entries(values).flatMap(([name, [value, unit]]) =>
    typeof value === 'number' && Number.isFinite(value) ? [{ name: `${what}: ${name}`, value: significant(value), unit }] : [],
  );

/** More digits than these come from chance. */
const significant = (value: number): number => Number(value.toPrecision(4));

export function atShare(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

export const median = (values: readonly number[]): number => atShare(ascending(values), 0.5);
