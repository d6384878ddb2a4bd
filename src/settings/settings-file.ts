import type { RepositoryForge } from '../ports/forge/forge.ts';

/** The path of the file, in the repository or in its owner's `.github` repository. */
export const SETTINGS_PATH = '.github/planwright.yml';
/** Many tools accept the other usual ending as well, and a file that is silently ignored protects nothing. */
export const OTHER_PATH = '.github/planwright.yaml';

export const SETTINGS_PATHS: readonly string[] = [SETTINGS_PATH, OTHER_PATH];

export const isSettingsPath = (path: string): boolean => SETTINGS_PATHS.includes(path);

/** A settings file of a repository at one commit. */
export interface SettingsFile {
  readonly path: string;
  /** Changes with its content. */
  readonly blob: string;
  /** Null where both paths hold a file: this program cannot decide which one was meant. */
  readonly text: string | null;
}

/** The one settings file of a repository; null where it has none. */
export async function readSettingsFile(repo: Pick<RepositoryForge, 'file'>, ref: string | null): Promise<SettingsFile | null> {
  const [usual, other] = await Promise.all([repo.file(SETTINGS_PATH, ref), repo.file(OTHER_PATH, ref)]);
  if (usual && other) return { path: SETTINGS_PATH, blob: `${usual.sha}+${other.sha}`, text: null };
  if (usual) return { path: SETTINGS_PATH, blob: usual.sha, text: usual.text };
  return other && { path: OTHER_PATH, blob: other.sha, text: other.text };
}

export const BOTH_FILES = `Both \`${SETTINGS_PATH}\` and \`${OTHER_PATH}\` are there; remove one of them.`;
