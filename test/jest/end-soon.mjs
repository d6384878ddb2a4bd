/** As long as what is left to do may take after the last teardown: Jest writes its report and sets its exit code then. */
const END_TIMEOUT_MS = 10_000;
let timer;

/**
 * To be called at the end of each project's teardown; the last call counts. In a run of one file the tests are in Jest's own process, and what
 * a failed one has left open, such as a server, would keep it for ever.
 * @param options Jest's own.
 */
export function endSoon({ watch, watchAll }) {
  if (watch || watchAll) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    console.error('A test has left something open that keeps this process alive. It ends now.');
    process.exit(1);
  }, END_TIMEOUT_MS).unref();
}
