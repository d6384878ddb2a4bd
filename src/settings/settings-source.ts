import type { Outcome } from '../domain/outcome.ts';
import { fullName } from '../domain/repository.ts';
import type { Clock } from '../ports/clock.ts';
import type { Forge, RepositoryForge } from '../ports/forge/forge.ts';
import type { OperatorModels } from './operator-models.ts';
import { defaultSettings, parseSettings, SETTINGS_PATH, type Settings, type SettingsFinding } from './repository-settings.ts';

type LoadedSettings = Outcome<Settings, readonly SettingsFinding[]>;
export type LoadSettings = (repo: RepositoryForge) => Promise<LoadedSettings>;

export interface SettingsSource {
  /** What a text would mean as a settings file. */
  readonly parse: (text: string) => LoadedSettings;
  /** Reads the repository's file, else its owner's `.github` repository's, else the defaults. */
  readonly load: LoadSettings;
  /** What was loaded last, when that was a moment ago: good enough to pass over a label, not to act on. */
  readonly recent: (repo: RepositoryForge) => Promise<LoadedSettings>;
  /** Likewise the blob id of the repository's own file; null when it has none. */
  readonly recentBlob: (repo: RepositoryForge) => Promise<string | null>;
  /** The last that could be read, in this process; null when none could. */
  readonly lastGood: (repo: RepositoryForge) => Settings | null;
  /** Something was pushed to this owner's repositories. */
  readonly forget: (owner: string) => void;
}

/** Without a push event, which GitHub may lose, a remembered file is looked at again after this long. */
const RECENT_MS = 60_000;

export function settingsSource(forge: Forge, operator: OperatorModels, clock: Clock): SettingsSource {
  const memory = new Map<string, { at: number; blob: string | null; loaded: LoadedSettings }>();
  const good = new Map<string, Settings>();
  const load = async (repo: RepositoryForge): Promise<LoadedSettings> => (await read(repo)).loaded;

  async function read(repo: RepositoryForge) {
    const { repository } = repo;
    const own = await repo.file(SETTINGS_PATH, null);
    const shared = own ?? (await forge.repository({ ...repository, name: '.github' }).file(SETTINGS_PATH, null));
    const loaded: LoadedSettings = shared
      ? parseSettings(shared.text, operator)
      : { ok: true as const, value: defaultSettings(operator) };
    const known = { at: clock.now(), blob: own?.sha ?? null, loaded };
    memory.set(fullName(repository), known);
    if (loaded.ok) good.set(fullName(repository), loaded.value);
    return known;
  }

  async function recently(repo: RepositoryForge) {
    const known = memory.get(fullName(repo.repository));
    return known && clock.now() - known.at < RECENT_MS ? known : read(repo);
  }

  return {
    parse: (text) => parseSettings(text, operator),
    load,
    recent: async (repo) => (await recently(repo)).loaded,
    recentBlob: async (repo) => (await recently(repo)).blob,
    lastGood: (repo) => good.get(fullName(repo.repository)) ?? null,
    forget: (owner) => {
      for (const name of memory.keys()) if (name.startsWith(`${owner}/`)) memory.delete(name);
    },
  };
}
