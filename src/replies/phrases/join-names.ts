/** `a`, `a and b`, `a, b and c`. */
export const joinNames = (names: readonly string[], last: 'and' | 'or' = 'and'): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`;

const WAYS: Record<string, string> = { review: 'approving review', merge: 'merge', command: '`/execute`' };

/** The ways to approve that the settings leave open, each of which is enough. */
export const approvalWays = (ways: readonly string[]): string =>
  joinNames(
    ways.map((way) => WAYS[way] ?? way),
    'or',
  );
