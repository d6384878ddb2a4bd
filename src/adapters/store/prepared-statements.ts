import type pg from 'pg';

/** The engine and our own tables repeat about sixty statements. A server keeps a plan of each for every connection. */
const PREPARED_AT_MOST = 100;
const SEEN_AT_MOST = 1_000;
const LONGEST_STATEMENT = 16_384;

/** A prepared statement keeps the columns that it had, and `*` is where a new column changes them. */
const NAMES_ITS_COLUMNS = /^(?![\s\S]*(?:\bSELECT|\bRETURNING|\.|,)\s*\*)\s*(?:SELECT|WITH|INSERT|UPDATE|DELETE)\b/i;

type Done = (error: Error | undefined, result?: unknown) => void;

/**
 * Lets the server parse and plan a statement once for each connection instead of each time: `pg` does so for statements with a name, and
 * neither the engine nor our own tables give any. Only statements with parameters that come again are named, and no more than a bounded
 * number of them; the others are sent as before. A server still plans a statement for its parameters where that promises a better plan.
 */
export function prepareRepeatedStatements(pool: pg.Pool): void {
  const seen = new Set<string>();
  const names = new Map<string, string>();

  function nameOf(text: string): string | null {
    const known = names.get(text);
    if (known !== undefined) return known;
    if (names.size >= PREPARED_AT_MOST || text.length > LONGEST_STATEMENT) return null;
    if (!seen.has(text)) {
      if (seen.size >= SEEN_AT_MOST) seen.clear();
      seen.add(text);
      return null;
    }
    seen.delete(text);
    if (!NAMES_ITS_COLUMNS.test(text)) return null;
    const name = `planwright_${names.size}`;
    names.set(text, name);
    return name;
  }

  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...given: unknown[]) => unknown;
    /** What this connection has prepared before a table changed under it. */
    const outdated = new Set<string>();
    const preparing = (first: unknown, second: unknown, ...rest: unknown[]): unknown => {
      const name =
        typeof first === 'string' && Array.isArray(second) && second.length > 0 && !outdated.has(first) ? nameOf(first) : null;
      if (name === null) return query(first, second, ...rest);
      const text = first as string;
      // Nothing was run where the plan was refused. Inside a transaction the refusal has ended the transaction, which is then its borrower's to repeat.
      const mayRepeat = (error: unknown): boolean => {
        if (!isOutdated(error)) return false;
        outdated.add(text);
        return client.getTransactionStatus() === 'I';
      };
      const [done] = rest as [Done?];
      if (!done) {
        return (query({ name, text }, second) as Promise<unknown>).catch((error: unknown) =>
          mayRepeat(error) ? query(text, second) : Promise.reject(error),
        );
      }
      return query({ name, text }, second, ((error, result) =>
        error && mayRepeat(error) ? query(text, second, done) : done(error, result)) satisfies Done);
    };
    client.query = preparing as typeof client.query;
  });
}

/** "Cached plan must not change result type": the same code stands for whatever else a server does not support. */
const isOutdated = (error: unknown): boolean => {
  const { code, routine } = error as { code?: unknown; routine?: unknown };
  return code === '0A000' && routine === 'RevalidateCachedQuery';
};
