import { failure, type Outcome } from '../domain/outcome.ts';
import { fullName } from '../domain/repository.ts';
import type { Clock } from '../ports/clock.ts';
import type { RepositoryForge } from '../ports/forge/forge.ts';
import type { OperatorModels } from './operator-models.ts';
import { defaultSettings, parseSettings, type Settings, type SettingsFinding } from './repository-settings.ts';
import { BOTH_FILES, readSettingsFile, type SettingsFile } from './settings-file.ts';

type LoadedSettings = Outcome<Settings, readonly SettingsFinding[]>;
export type LoadSettings = (repo: RepositoryForge) => Promise<LoadedSettings>;

export interface SettingsSource {
  /** What a settings file says. */
  readonly parse: (file: SettingsFile) => LoadedSettings;
  /** Reads the repository's file, else its owner's `.github` repository's, else the defaults. */
  readonly load: LoadSettings;
  /** The settings that were loaded last, if that was a moment ago: good enough to ignore a label, not to act on. */
  readonly recent: (repo: RepositoryForge) => Promise<LoadedSettings>;
  /** Likewise the `blob` of the repository's own file; null when it has none. */
  readonly recentBlob: (repo: RepositoryForge) => Promise<string | null>;
  /** The last settings that could be read, in this process; null when none could. */
  readonly lastGood: (repo: RepositoryForge) => Settings | null;
  /** Something was pushed to this owner's repositories. */
  readonly forget: (owner: string) => void;
}

/** Without a push event, which GitHub may lose, a remembered file is read again after this long. */
const RECENT_MS = 60_000;

export function settingsSource(operator: OperatorModels, clock: Clock): SettingsSource {
  const memory = new Map<string, { at: number; blob: string | null; loaded: LoadedSettings }>();
  const good = new Map<string, Settings>();
  const parse = ({ text }: SettingsFile): LoadedSettings =>
    text === null ? failure([{ line: 1, message: BOTH_FILES }]) : parseSettings(text, operator);
  const load = async (repo: RepositoryForge): Promise<LoadedSettings> => (await read(repo)).loaded;

  async function read(repo: RepositoryForge) {
    const { repository } = repo;
    const own = await readSettingsFile(repo, null);
    const file = own ?? (await readSettingsFile(repo.ofOwner(), null));
    const loaded: LoadedSettings = file ? parse(file) : { ok: true as const, value: defaultSettings(operator) };
    const known = { at: clock.now(), blob: own?.blob ?? null, loaded };
    memory.set(fullName(repository), known);
    if (loaded.ok) good.set(fullName(repository), loaded.value);
    return known;
  }

  async function recently(repo: RepositoryForge) {
    const known = memory.get(fullName(repo.repository));
    return known && clock.now() - known.at < RECENT_MS ? known : read(repo);
  }

  return {
    parse,
    load,
    recent: async (repo) => (await recently(repo)).loaded,
    recentBlob: async (repo) => (await recently(repo)).blob,
    lastGood: (repo) => good.get(fullName(repo.repository)) ?? null,
    forget: (owner) => {
      for (const name of memory.keys()) if (name.startsWith(`${owner}/`)) memory.delete(name);
    },
  };
}
