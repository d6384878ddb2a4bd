/**
 * Milliseconds of processor time that something takes, the least of a few runs: unlike the time on the clock it does not grow with what
 * else the machine does.
 */
export function processorTime(run: () => void, enough = 0, runs = 4): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs && least > enough; i += 1) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}
