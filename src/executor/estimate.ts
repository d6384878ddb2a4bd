import { addUsage, NO_USAGE, totalTokens, type Usage } from '../domain/model/usage.ts';
import type { Estimate, Forecast } from '../domain/plan/estimate.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { PriceOf } from '../ports/prices.ts';
import { EXECUTOR_SYSTEM } from './prompt.ts';

export interface EstimateFacts {
  readonly plan: Plan;
  /** PLAN.md. */
  readonly planFile: string;
  /** Bytes of a file in the repository, null where there is none. */
  readonly size: (path: string) => number | null;
  /** The executor's. */
  readonly model: string;
  readonly maxTurns: number;
  /** The model that reviews each component against the plan; null: none does. */
  readonly reviewer: string | null;
  readonly priceOf: PriceOf;
}

/** The size of the ten tools' descriptions and schemas, measured. */
const TOOLS_BYTES = 5_000;
/** For English and code; budgets assume one, which is the maximum cost. */
const BYTES_PER_TOKEN = 4;

/**
 * The assumptions for one component, for the smooth and for the rough case. Turns: some for each file, and two more to begin and to
 * end. Output: a little reasoning in each turn, and the edits of each file. Reading: the files it changes, and in the rough case as
 * much of their neighbours, and all of it again.
 */
interface Course {
  readonly turnsPerFile: number;
  readonly outputPerTurn: number;
  readonly outputPerFile: number;
  readonly readings: number;
  /** Whether the plan is found in the cache when another component has sent it before. */
  readonly sharesPlan: boolean;
  /** Reviews against the plan where there are any; each but the first follows a correction. */
  readonly reviews: number;
}
const SMOOTH: Course = { turnsPerFile: 1, outputPerTurn: 150, outputPerFile: 500, readings: 1, sharesPlan: true, reviews: 1 };
const ROUGH: Course = { turnsPerFile: 4, outputPerTurn: 600, outputPerFile: 2_500, readings: 3, sharesPlan: false, reviews: 2 };

/** The reviewer's instructions and tool, measured; and what it reasons and reports in its one turn. */
const REVIEW_BYTES = 4_500;
const REVIEW_OUTPUT = { smooth: 500, rough: 3_000 };

/**
 * A range, because it is unknown how often a model reads a file twice. Fixes after failed checks and revisions are not included.
 */
export function forecast(facts: EstimateFacts): Forecast {
  const { model, reviewer } = facts;
  return { model, reviewer, low: estimate(facts, SMOOTH), high: estimate(facts, ROUGH) };
}

function estimate(facts: EstimateFacts, course: Course): Estimate {
  const { plan, planFile, size, model, maxTurns, reviewer, priceOf } = facts;
  const prefix = inTokens(Buffer.byteLength(EXECUTOR_SYSTEM) + TOOLS_BYTES + Buffer.byteLength(planFile));
  let turns = 0;
  let usage = NO_USAGE;
  let usd: number | null = 0;
  const add = (by: string, spent: Usage, own: number): void => {
    turns += own;
    usage = addUsage(usage, spent);
    // A long prompt may cost more for each token, so the price is that of one turn of average length times the number of turns.
    const price = priceOf(by, shareOf(spent, own));
    usd = usd === null || price === null ? null : usd + own * price;
  };
  for (const [nth, component] of plan.components.entries()) {
    const { files } = component;
    const own = Math.min(maxTurns, 2 + course.turnsPerFile * files.length);
    const read = course.readings * inTokens(files.reduce((sum, { path }) => sum + (size(path) ?? 0), 0));
    const output = own * course.outputPerTurn + files.length * course.outputPerFile;
    add(model, conversation({ turns: own, prefix, grows: read + output, output, warm: course.sharesPlan && nth > 0 }), own);
    if (reviewer === null) continue;
    // A diff is about as long as what was written; a correction takes the turns of a smooth course.
    const shown = inTokens(REVIEW_BYTES + Buffer.byteLength(JSON.stringify(component))) + files.length * course.outputPerFile;
    const said = course === SMOOTH ? REVIEW_OUTPUT.smooth : REVIEW_OUTPUT.rough;
    add(reviewer, { ...NO_USAGE, input: course.reviews * shown, output: course.reviews * said }, course.reviews);
    for (let correction = 1; correction < course.reviews; correction++) {
      const few = Math.min(maxTurns, 2 + SMOOTH.turnsPerFile * files.length);
      const written = few * course.outputPerTurn + files.length * SMOOTH.outputPerFile;
      add(model, conversation({ turns: few, prefix, grows: read + written, output: written, warm: true }), few);
    }
  }
  return { turns, tokens: totalTokens(usage), usd };
}

const shareOf = (usage: Usage, turns: number): Usage => ({
  input: usage.input / turns,
  cache_read: usage.cache_read / turns,
  cache_write: usage.cache_write / turns,
  output: usage.output / turns,
  reasoning: usage.reasoning / turns,
});

/** Every turn reads from the cache what came before it and writes what is new; on average, half of the conversation exists. */
function conversation(c: { turns: number; prefix: number; grows: number; output: number; warm: boolean }): Usage {
  const again = (c.turns - 1) * (c.prefix + c.grows / 2);
  return {
    input: 0,
    cache_read: Math.round(again + (c.warm ? c.prefix : 0)),
    cache_write: c.grows + (c.warm ? 0 : c.prefix),
    output: c.output,
    reasoning: 0,
  };
}

const inTokens = (bytes: number): number => Math.ceil(bytes / BYTES_PER_TOKEN);
