/** How often a property is tried: `usual` times in every run of the tests, and `long` times where LONG_RUNS is set. */
export const runs = (usual: number, long: number): number => (process.env.LONG_RUNS ? long : usual);
