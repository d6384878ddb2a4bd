import type { Usage } from '../domain/model/usage.ts';

/** Dollars for the usage at the model's list price; null when the price is not known, never 0 for that. */
export type PriceOf = (model: string, usage: Usage) => number | null;
