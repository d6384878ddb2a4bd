import type { Settings } from './repository-settings.ts';

/** Where this issue's plan lies in the repository. */
export const planPathOf = (settings: Settings, issue: number): string => settings.plan.path.replaceAll('{issue}', String(issue));
