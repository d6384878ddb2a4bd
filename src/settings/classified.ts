import { asksFor } from '../text/text-pattern.ts';
import type { Settings } from './repository-settings.ts';

/** Whether titles or commit messages name a type or a scope, which the planner then gives each component. */
export const isClassified = ({ pull_requests, commits }: Pick<Settings, 'pull_requests' | 'commits'>): boolean => {
  const patterns = [pull_requests.title, commits.message];
  return asksFor('type', patterns) || asksFor('scope', patterns);
};
