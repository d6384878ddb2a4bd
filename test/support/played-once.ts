/**
 * Plays a part of a task when the first test asks for it, and gives all of them what came of it: for tests that look at different sides of
 * the same part.
 */
export function playedOnce<T>(play: () => Promise<T>): () => Promise<T> {
  let played: Promise<T> | undefined;
  return () => {
    played ??= play();
    return played;
  };
}
