import { instructionFiles, instructionTexts } from '../../agent/files/instruction-files.ts';
import type { Workspace } from '../../agent/files/workspace.ts';
import { enumerate } from '../../text/truncate.ts';
import { mentionedDirectories } from './mentions.ts';

/** Characters of the list of where the others are. */
const ELSEWHERE_MAX = 600;

/**
 * How work is done in this repository, in its own words: the instruction files of the root, and the nearest ones of the directories
 * `about` names, and where others are. At most `budget` characters, not counting the headings.
 */
export async function instructions(workspace: Workspace, about: string, budget: number): Promise<string[]> {
  const paths = [...(await workspace.files()).keys()];
  const { root, nearest, elsewhere } = instructionFiles(paths, mentionedDirectories(about, paths));
  const parts = await instructionTexts([...root, ...nearest], workspace, budget);
  if (elsewhere.length > 0)
    parts.push(
      `Instructions for parts of the repository are also in ${enumerate(elsewhere, ELSEWHERE_MAX)}. Read the one nearest to what you change.`,
    );
  return parts;
}
