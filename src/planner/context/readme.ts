import { visibleFileText } from '../../agent/files/visible-file-text.ts';
import type { Workspace } from '../../agent/files/workspace.ts';
import { fence } from '../../text/fence.ts';
import { truncate } from '../../text/truncate.ts';

const README = /^(?:(?:\.github|docs)\/)?readme(?:\.(?:md|markdown|rst|txt|adoc))?$/i;
const IMAGE_LINK = /\[?!\[[^\]]*\]\([^)]*\)\]?(?:\([^)]*\))?/g;

/** The beginning of the repository's README, without badges, in at most `budget` characters. */
export async function readme(workspace: Workspace, budget: number): Promise<string[]> {
  const [path] = [...(await workspace.files()).keys()].filter((p) => README.test(p)).sort((a, b) => a.length - b.length);
  const text = path === undefined ? null : await visibleFileText(path, workspace);
  if (path === undefined || text === null) return [];
  const plain = text
    .replace(IMAGE_LINK, '')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  if (plain === '') return [];
  return [
    `${path}:\n${fence(
      'file',
      truncate(plain, budget, (left) => `[cut here: ${left} more characters; read_file shows them]`),
    )}`,
  ];
}
