import type { Limits } from '../../domain/model/budget.ts';
import type { Estimate, Forecast } from '../../domain/plan/estimate.ts';
import { limitFigure } from './budget.ts';
import { cost, count } from './figures.ts';

/** What approving a plan will cost, and what that rests on. */
export function forecastSentence({ model, low, high }: Forecast, components: number, { usd }: Pick<Limits, 'usd'>): string {
  const dollars =
    low.usd === null || high.usd === null
      ? `an unknown sum (the price of \`${model}\` is unknown)`
      : `${cost(low.usd)} to ${cost(high.usd)} with \`${model}\``;
  const budget = usd === null ? '' : ` The task may cost ${limitFigure.usd(usd)} in all.`;
  const each = components === 1 ? 'It' : 'Each component';
  return (
    `**Forecast**: carrying it out costs about ${dollars}: ${range((e) => e.turns, low, high)} turns, ` +
    `${range((e) => e.tokens, low, high)} tokens, most of them read again from the cache.${budget} ` +
    `${each} is assumed to take one to four turns for each file and two more, and to read the files it changes one to three times; ` +
    'repairs after failed checks and revisions come on top.'
  );
}

export const weakPlannerNote = (planner: string, executor: string): string =>
  `**Mind the models**: by their prices the planner \`${planner}\` is weaker than the executor \`${executor}\`. That is allowed, but a plan is the cheapest place to be clever and the dearest place to be wrong.`;

const range = (of: (e: Estimate) => number, low: Estimate, high: Estimate): string =>
  `${count(rounded(of(low)))} to ${count(rounded(of(high)))}`;

/** To two digits: more would look like knowledge. */
const rounded = (n: number): number => Number(n.toPrecision(2));
