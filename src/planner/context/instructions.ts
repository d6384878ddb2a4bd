import { fence } from '../../agent/fence.ts';
import type { Workspace } from '../../agent/workspace.ts';
import { enumerate, excerpt, oneLine } from './excerpt.ts';
import { mentionedDirectories } from './mentions.ts';
import { textOf } from './text-of.ts';

/** In the order of how much they say to a machine. */
const NAMES = ['AGENTS.md', 'CLAUDE.md', 'CONTRIBUTING.md'];
const ROOT = [...NAMES, '.github/CONTRIBUTING.md', 'docs/CONTRIBUTING.md'];
const NESTED_SHOWN = 4;
/** Characters of one file, and of the list of where the others are. */
const ONE_MAX = 4_000;
const ELSEWHERE_MAX = 600;

/**
 * How work is done in this repository, in its own words: the instruction files of the root, and the nearest ones of the directories
 * `about` names. Where others are is said. At most `budget` characters, and what the headings take.
 */
export async function instructions(workspace: Workspace, about: string, budget: number): Promise<string[]> {
  const paths = [...(await workspace.files()).keys()];
  const all = paths.filter((path) => NAMES.includes(path.slice(path.lastIndexOf('/') + 1)));
  const root = ROOT.filter((path) => all.includes(path));
  const nearest = nearestOnes(mentionedDirectories(about, paths), new Set(all)).filter((path) => !root.includes(path));
  const wanted = [...root, ...nearest.slice(0, NESTED_SHOWN)];

  const parts: string[] = [];
  const seen = new Map<string, string>();
  let room = budget;
  for (const [index, path] of wanted.entries()) {
    const text = await textOf(path, workspace);
    if (text === null || text === '') continue;
    const same = seen.get(text);
    if (same) {
      parts.push(`${oneLine(path)} says the same as ${oneLine(same)}.`);
      continue;
    }
    seen.set(text, path);
    // The first is worth most, but never so much that nothing is left for the others.
    const share = Math.min(ONE_MAX, index === wanted.length - 1 ? room : Math.ceil(room * 0.6));
    const shown = excerpt(text, share, (left) => `[cut here: ${left} more characters; read_file shows them]`);
    room -= Math.min(text.length, share);
    parts.push(`${oneLine(path)}:\n${fence('file', shown)}`);
  }
  const elsewhere = all.filter((path) => !wanted.includes(path));
  if (elsewhere.length > 0)
    parts.push(
      `Instructions for parts of the repository are also in ${enumerate(elsewhere, ELSEWHERE_MAX)}. Read the one nearest to what you change.`,
    );
  return parts;
}

/** For each directory the instruction files of the nearest directory above it, itself included, that has any. */
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
