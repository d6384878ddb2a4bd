import type { Provider } from '../domain/model/providers.ts';
import { matchesModelPattern } from './model-name.ts';

/** What the operator says about models: the defaults for repositories, and what a repository may choose instead. */
export interface OperatorModels {
  readonly planner: string;
  readonly executor: string;
  /** Patterns (`anthropic/*`); null: only the two above. */
  readonly allowed: readonly string[] | null;
  /** The providers that are configured; a pattern may be wider. */
  readonly providers: readonly Provider[];
}

/** The operator's own two are always allowed: a repository that sets nothing uses them. */
export const isAllowedModel = (model: string, operator: OperatorModels): boolean =>
  model === operator.planner ||
  model === operator.executor ||
  (operator.allowed ?? []).some((pattern) => matchesModelPattern(model, pattern));
