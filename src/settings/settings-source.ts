import { failure, success } from '../domain/outcome.ts';
import { remember } from '../domain/remember.ts';
import { fullName } from '../domain/repository.ts';
import type { Clock } from '../ports/clock.ts';
import type { RepositoryForge } from '../ports/forge/forge.ts';
import type { GoodSettings } from '../ports/shared-memory.ts';
import { type LoadedSettings, loadSettings } from './load-settings.ts';
import type { OperatorModels } from './operator-models.ts';
import { defaultSettings, type Settings } from './repository-settings.ts';
import { BOTH_FILES, readSettingsFile, type SettingsFile } from './settings-file.ts';

export type LoadSettings = (repo: RepositoryForge) => Promise<LoadedSettings>;

export interface SettingsSource {
  /** What a settings file says. */
  readonly parse: (file: SettingsFile) => Promise<LoadedSettings>;
  /** Reads the repository's file, else its owner's `.github` repository's, else the defaults. */
  readonly load: LoadSettings;
  /** The settings that were loaded last, if that was a moment ago: good enough to ignore a label, not to act on. */
  readonly recent: (repo: RepositoryForge) => Promise<LoadedSettings>;
  /** Likewise the `blob` of the repository's own file; null when it has none. */
  readonly recentBlob: (repo: RepositoryForge) => Promise<string | null>;
  /** The last settings that could be read, by whichever process; null when none could. */
  readonly lastGood: (repo: RepositoryForge) => Promise<Settings | null>;
  /** Something was pushed to this owner's repositories; null: perhaps to anybody's. */
  readonly forget: (owner: string | null) => void;
}

/** Without a push event, which GitHub may lose, a remembered file is read again after this long. */
const RECENT_MS = 60_000;
/** Of which settings are remembered; the others' are read again. */
const REPOSITORIES_KEPT = 2_000;

export function settingsSource(operator: OperatorModels, clock: Clock, good: GoodSettings): SettingsSource {
  const memory = new Map<string, { at: number; blob: string | null; loaded: LoadedSettings }>();
  /** What this process has put down as good, so that it does so only when it changes. */
  const noted = new Map<string, string | null>();
  const parse = async ({ text, problem }: SettingsFile): Promise<LoadedSettings> =>
    text === null ? failure([{ line: 1, message: problem ?? BOTH_FILES }]) : loadSettings(text, operator);
  const load = async (repo: RepositoryForge): Promise<LoadedSettings> => (await read(repo)).loaded;

  async function read(repo: RepositoryForge) {
    const { repository } = repo;
    const own = await readSettingsFile(repo, null);
    const file = own ?? (await readSettingsFile(repo.ofOwner(), null));
    const loaded: LoadedSettings = file ? await parse(file) : { ok: true as const, value: defaultSettings(operator) };
    const known = { at: clock.now(), blob: own?.blob ?? null, loaded };
    remember(memory, fullName(repository), known, REPOSITORIES_KEPT);
    if (loaded.ok) await note(fullName(repository), file?.text ?? null);
    return known;
  }

  async function note(repository: string, text: string | null): Promise<void> {
    if (noted.has(repository) && noted.get(repository) === text) return;
    await good.put(repository, text);
    remember(noted, repository, text, REPOSITORIES_KEPT);
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
    async lastGood(repo) {
      const found = await good.get(fullName(repo.repository));
      if (found === null) return null;
      const parsed = found.text === null ? success(defaultSettings(operator)) : await loadSettings(found.text, operator);
      return parsed.ok ? parsed.value : null;
    },
    forget: (owner) => {
      for (const name of memory.keys()) if (owner === null || name.startsWith(`${owner}/`)) memory.delete(name);
    },
  };
}
