/**
 * All events of a stream. `begun` is called at the first event that belongs to the answer itself.
 * (Array.fromAsync is not in the compiler's es2024 library yet.)
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
