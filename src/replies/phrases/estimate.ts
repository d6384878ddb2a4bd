import type { Limits } from '../../domain/model/budget.ts';
import type { Estimate, Forecast } from '../../domain/plan/estimate.ts';
import { limitFigure } from './budget.ts';
import { cost, count } from './figures.ts';

/** What implementing a plan is expected to cost, and the most that the task may cost. */
export function estimateLine({ model, low, high }: Forecast, { usd }: Pick<Limits, 'usd'>): string {
  const dollars =
    low.usd === null || high.usd === null
      ? `unknown, because the price of \`${model}\` is unknown`
      : `${cost(low.usd)} to ${cost(high.usd)}`;
  return `**Estimate:** ${dollars}; ${usd === null ? 'no dollar limit' : `hard limit ${limitFigure.usd(usd)}`}`;
}

/** What the estimate assumes. */
export const estimateReasoning = ({ model, reviewer, low, high }: Forecast, components: number): string =>
  [
    `With \`${model}\`: ${range((e) => e.turns, low, high)} turns and ${range((e) => e.tokens, low, high)} tokens, mostly cached.`,
    `${components === 1 ? 'The component' : 'Each component'} is assumed to take two turns plus one to four for each of its files, and to read the files it changes one to three times.`,
    ...(reviewer === null
      ? []
      : [
          `The review against the plan by \`${reviewer}\` is included: one turn for each component, or two and a correction in between.`,
        ]),
    'Fixes after failed checks and revisions cost extra. The limit is for the whole task, planning included.',
  ].join(' ');

export const weakPlannerNote = (planner: string, executor: string): string =>
  `**Check your models:** the planner \`${planner}\` is cheaper than the executor \`${executor}\`; usually it is the other way round.`;

const range = (of: (e: Estimate) => number, low: Estimate, high: Estimate): string =>
  `${count(rounded(of(low)))} to ${count(rounded(of(high)))}`;

/** Two digits, because more would suggest a precision that is not there. */
const rounded = (n: number): number => Number(n.toPrecision(2));
