/** What came of a stream. */
export interface Drained<T> {
  readonly events: readonly T[];
  /** Null where the stream came to its end. In an object, because anything can be thrown. */
  readonly broken: { readonly by: unknown } | null;
}

/**
 * All events of a stream, up to where it broke off: what has come by then is billed. `begun` is called at the first event that
 * belongs to the answer itself. (Array.fromAsync is not in the compiler's es2024 library yet.)
 */
export async function drain<T>(stream: AsyncIterable<T>, begins: (event: T) => boolean, begun: () => void): Promise<Drained<T>> {
  const events: T[] = [];
  let begunYet = false;
  try {
    for await (const event of stream) {
      events.push(event);
      if (begunYet || !begins(event)) continue;
      begunYet = true;
      begun();
    }
  } catch (by) {
    return { events, broken: { by } };
  }
  return { events, broken: null };
}
