import { NO_USAGE, type Usage } from './usage.ts';

const ANSWER: Usage = { ...NO_USAGE, output: 1_000_000 };

/**
 * Whether the planner is the weaker of the two models, judged by the price of their answers: providers price by strength, and price
 * is the one measure that every catalogue has. An unknown price proves nothing.
 */
export function isWeakPlanner(
  { planner, executor }: { readonly planner: string; readonly executor: string },
  priceOf: (model: string, usage: Usage) => number | null,
): boolean {
  const [plans, executes] = [priceOf(planner, ANSWER), priceOf(executor, ANSWER)];
  return plans !== null && executes !== null && plans < executes;
}
