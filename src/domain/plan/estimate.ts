/** What carrying out a plan is expected to cost, before it is approved. */
export interface Estimate {
  readonly turns: number;
  /** In either direction, those from the cache included. */
  readonly tokens: number;
  /** Null: the price is unknown. */
  readonly usd: number | null;
}

export interface Forecast {
  readonly model: string;
  readonly low: Estimate;
  readonly high: Estimate;
}
