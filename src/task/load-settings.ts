import type { Outcome } from '../domain/outcome.ts';
import { fullName } from '../domain/repository.ts';
import type { Clock } from '../ports/clock.ts';
import type { Forge, RepositoryForge } from '../ports/forge.ts';
import type { OperatorModels } from '../settings/operator-models.ts';
import {
  defaultSettings,
  parseSettings,
  SETTINGS_PATH,
  type Settings,
  type SettingsFinding,
} from '../settings/repository-settings.ts';

type LoadedSettings = Outcome<Settings, readonly SettingsFinding[]>;
export type LoadSettings = (repo: RepositoryForge) => Promise<LoadedSettings>;

export interface SettingsSource {
  /** Reads the repository's file, else its owner's `.github` repository's, else the defaults. */
  readonly load: LoadSettings;
  /** What was loaded last, when that was a moment ago: good enough to pass over a label, not to act on. */
  readonly recent: (repo: RepositoryForge) => Promise<LoadedSettings>;
  /** Something was pushed to this owner's repositories. */
  readonly forget: (owner: string) => void;
}

/** Without a push event, which GitHub may lose, a remembered file is looked at again after this long. */
const RECENT_MS = 60_000;

export function settingsSource(forge: Forge, operator: OperatorModels, clock: Clock): SettingsSource {
  const memory = new Map<string, { at: number; loaded: LoadedSettings }>();
  const load: LoadSettings = async (repo) => {
    const { repository } = repo;
    const own = await repo.file(SETTINGS_PATH, 'HEAD');
    const shared = own ?? (await forge.repository({ ...repository, name: '.github' }).file(SETTINGS_PATH, 'HEAD'));
    const loaded = shared ? parseSettings(shared.text, operator) : { ok: true as const, value: defaultSettings(operator) };
    memory.set(fullName(repository), { at: clock.now(), loaded });
    return loaded;
  };
  return {
    load,
    recent: async (repo) => {
      const known = memory.get(fullName(repo.repository));
      return known && clock.now() - known.at < RECENT_MS ? known.loaded : load(repo);
    },
    forget: (owner) => {
      for (const name of memory.keys()) if (name.startsWith(`${owner}/`)) memory.delete(name);
    },
  };
}
