/** What implementing a plan is expected to cost, before it is approved. */
export interface Estimate {
  readonly turns: number;
  /** Tokens in both directions, including those from the cache. */
  readonly tokens: number;
  /** Null: the price is unknown. */
  readonly usd: number | null;
}

export interface Forecast {
  readonly model: string;
  /** The model that reviews each component against the plan; null: none does. */
  readonly reviewer: string | null;
  readonly low: Estimate;
  readonly high: Estimate;
}
