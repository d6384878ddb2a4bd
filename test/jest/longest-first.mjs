import TestSequencer from '@jest/test-sequencer';

const LONGEST = [/survives?-kills\.test/, /\/cli\/try\/try\.test/, /\/scenarios\//, /\/replay\//, /\/adapters\/(git|store)\//];

/** Lower comes first; what Jest has seen before stays in its own order. */
function rank({ path, duration }) {
  if (duration != null) return 0;
  const place = LONGEST.findIndex((name) => name.test(path));
  return place < 0 ? LONGEST.length : place;
}

/**
 * Jest runs a file on one core and begins with those that took longest the last time. On a machine that has never run them, as in CI, it
 * goes by their size, and a long file that begins last leaves a core idle: there these come first.
 */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
}
