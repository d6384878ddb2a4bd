/**
 * All of a stream's events. `begun` is called at the first that says that the answer begins.
 * Array.fromAsync, which the compiler's es2024 library does not know yet.
 */
export async function drain<T>(stream: AsyncIterable<T>, begins: (event: T) => boolean, begun: () => void): Promise<T[]> {
  const events: T[] = [];
  let begunYet = false;
  for await (const event of stream) {
    events.push(event);
    if (begunYet || !begins(event)) continue;
    begunYet = true;
    begun();
  }
  return events;
}
