import type { Limits } from '../domain/model/budget.ts';
import type { Settings } from './repository-settings.ts';

/** What a task may spend. */
export const limitsOf = ({ budget }: Pick<Settings, 'budget'>): Limits => ({
  usd: budget.usd_per_task,
  tokens: budget.tokens_per_task,
});
