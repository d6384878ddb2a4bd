import type { RepositoryForge } from '../ports/forge/forge.ts';
import type { Entry } from '../ports/forge/git-data.ts';

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
  /** Null where it cannot be read; then `problem` says why. */
  readonly text: string | null;
  readonly problem: string | null;
}

/**
 * What is there of a repository's settings; null where there is nothing. What cannot be read must not look like nothing, unless it stands beside
 * the file: people link one ending to the other.
 */
export async function readSettingsFile(repo: Pick<RepositoryForge, 'entry'>, ref: string | null): Promise<SettingsFile | null> {
  const [usual, other] = await Promise.all([repo.entry(SETTINGS_PATH, ref), repo.entry(OTHER_PATH, ref)]);
  // This program cannot decide which one was meant.
  if (usual?.kind === 'file' && other?.kind === 'file')
    return { path: SETTINGS_PATH, blob: `${usual.sha}+${other.sha}`, text: null, problem: BOTH_FILES };
  if (usual && (usual.kind === 'file' || other?.kind !== 'file')) return fileFrom(SETTINGS_PATH, usual);
  return other && fileFrom(OTHER_PATH, other);
}

const fileFrom = (path: string, entry: Entry): SettingsFile =>
  entry.kind === 'file'
    ? { path, blob: entry.sha, text: entry.text, problem: null }
    : { path, blob: entry.sha ?? entry.kind, text: null, problem: notAFile(path, entry.kind) };

export const BOTH_FILES = `Both \`${SETTINGS_PATH}\` and \`${OTHER_PATH}\` are there; remove one of them.`;

const CALLED = { link: 'symbolic link', directory: 'directory', submodule: 'submodule' };

export const notAFile = (path: string, kind: keyof typeof CALLED): string =>
  `\`${path}\` is a ${CALLED[kind]}, which Planwright does not read. Replace it with a file that holds the settings.`;
