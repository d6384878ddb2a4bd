import type { ScopePolicy } from '../domain/change/scope.ts';
import { planPathOf } from './plan-path.ts';
import type { Settings } from './repository-settings.ts';
import { SETTINGS_PATH } from './settings-file.ts';

/** What no plan of this issue may touch. The App does not ask for the `workflows` permission, so no installation grants it. */
export const scopePolicyOf = (settings: Settings, issue: number): ScopePolicy => ({
  planPath: planPathOf(settings, issue),
  settingsPath: SETTINGS_PATH,
  protectedPaths: settings.execution.protected_paths,
  mayChangeWorkflows: false,
});
