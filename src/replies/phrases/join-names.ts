/** `a`, `a and b`, `a, b and c`. */
export const joinNames = (names: readonly string[], last: 'and' | 'or' = 'and'): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`;

const WAYS: Record<string, string> = { review: 'approving review', merge: 'merge', command: '`/execute`' };

/** `2 people with write access other than the author`: who has to approve. */
export const approvers = (people: string, mayAuthor: boolean): string =>
  `${people} with write access${mayAuthor ? '' : " other than the issue's author"}`;

/** The ways to approve that the settings leave open, each of which is enough. */
export const approvalWays = (ways: readonly string[]): string =>
  joinNames(
    ways.map((way) => WAYS[way] ?? way),
    'or',
  );
