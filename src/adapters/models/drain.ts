/** All of a stream's events. Array.fromAsync, which the compiler's es2024 library does not know yet. */
export async function drain<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const events: T[] = [];
  for await (const event of stream) events.push(event);
  return events;
}
