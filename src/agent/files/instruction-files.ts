import { fence } from '../../text/fence.ts';
import { oneLine, truncate } from '../../text/truncate.ts';
import { visibleFileText } from './visible-file-text.ts';
import type { Workspace } from './workspace.ts';

/** The most useful for a model first. */
const NAMES = ['AGENTS.md', 'CLAUDE.md', 'CONTRIBUTING.md'];
const ROOT = [...NAMES, '.github/CONTRIBUTING.md', 'docs/CONTRIBUTING.md'];
const NESTED_SHOWN = 4;
/** Characters of one file. */
const ONE_MAX = 4_000;

/** The files in which a repository says how work is done in it. Each list leaves out what the lists before it hold. */
export interface InstructionFiles {
  readonly root: readonly string[];
  /** For each requested directory, those of the nearest directory that has any (itself or one above it); a limited number. */
  readonly nearest: readonly string[];
  readonly elsewhere: readonly string[];
}

export function instructionFiles(paths: readonly string[], directories: readonly string[]): InstructionFiles {
  const all = paths.filter((path) => NAMES.includes(path.slice(path.lastIndexOf('/') + 1)));
  const root = ROOT.filter((path) => all.includes(path));
  const nearest = nearestOnes(directories, new Set(all))
    .filter((path) => !root.includes(path))
    .slice(0, NESTED_SHOWN);
  return { root, nearest, elsewhere: all.filter((path) => !root.includes(path) && !nearest.includes(path)) };
}

function nearestOnes(directories: readonly string[], files: ReadonlySet<string>): string[] {
  const found = new Set<string>();
  for (const directory of directories) {
    for (let at = directory; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      const here = NAMES.map((name) => `${at}/${name}`).filter((path) => files.has(path));
      for (const path of here) found.add(path);
      if (here.length > 0) break;
    }
  }
  return [...found];
}

/**
 * Each file's text in a fence below its path; files that are not text are left out. At most `budget` characters, not counting the
 * paths.
 */
export async function instructionTexts(wanted: readonly string[], workspace: Workspace, budget: number): Promise<string[]> {
  const parts: string[] = [];
  const seen = new Map<string, string>();
  let room = budget;
  for (const [index, path] of wanted.entries()) {
    const text = await visibleFileText(path, workspace);
    if (text === null || text === '') continue;
    const same = seen.get(text);
    if (same) {
      parts.push(`${oneLine(path)} says the same as ${oneLine(same)}.`);
      continue;
    }
    seen.set(text, path);
    // The first is the most useful, but some room is always left for the others.
    const share = Math.min(ONE_MAX, index === wanted.length - 1 ? room : Math.ceil(room * 0.6));
    const shown = truncate(text, share, (left) => `[cut here: ${left} more characters; read_file shows them]`);
    room -= Math.min(text.length, share);
    parts.push(`${oneLine(path)}:\n${fence('file', shown)}`);
  }
  return parts;
}
