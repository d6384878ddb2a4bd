import type { Settings } from './repository-settings.ts';

/** The path of this issue's plan in the repository. */
export const planPathOf = (settings: Settings, issue: number): string => settings.plan.path.replaceAll('{issue}', String(issue));
