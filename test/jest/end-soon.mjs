/** Jest has written its summary long before. */
const PATIENCE_MS = 10_000;

/**
 * In a run of one file the tests are in Jest's own process, and what a failed one has left open, such as a server, would keep it for ever.
 * @param options Jest's own.
 */
export function endSoon({ watch, watchAll }) {
  if (watch || watchAll) return;
  setTimeout(() => {
    console.error('A test has left something open that keeps this process alive. It ends now.');
    process.exit();
  }, PATIENCE_MS).unref();
}
