import { stripInvisible } from '../text/invisible-characters.ts';

/** A diff as the reviewer sees it. */
export interface ShownDiff {
  readonly text: string;
  /** Changed files that did not fit. */
  readonly leftOut: readonly string[];
  /** Lines of each file that is shown, in its new form, by path: the highest number that occurs in the diff. */
  readonly lines: ReadonlyMap<string, number>;
}

/** Characters: about 50,000 tokens. The planner's prompt asks for components far smaller than that. */
const DIFF_MAX = 200_000;
/** Characters of one line; a longer one is generated. */
const LINE_MAX = 1_000;

/** A unified diff with the new file's line numbers in front, cut to whole files that fit. */
export function showDiff(patch: string): ShownDiff {
  const sections = patch.split(/(?<![^\n])(?=diff --git )/).filter((section) => section.startsWith('diff --git '));
  const shown: string[] = [];
  const leftOut: string[] = [];
  const lines = new Map<string, number>();
  let room = DIFF_MAX;
  for (const section of sections) {
    const path = pathOf(section);
    const { text, last } = numbered(section);
    room -= text.length;
    if (room < 0) {
      leftOut.push(path);
      room += text.length;
      continue;
    }
    shown.push(text);
    lines.set(path, last);
  }
  return { text: shown.join('\n'), leftOut, lines };
}

/** Without renames both names are the same. A name that git has to quote is shown as it is, and no finding can refer to it. */
function pathOf(section: string): string {
  const header = section.slice(0, section.indexOf('\n'));
  return /^diff --git a\/(.+) b\/\1$/.exec(header)?.[1] ?? header;
}

function numbered(section: string): { readonly text: string; readonly last: number } {
  let next = 0;
  let last = 0;
  const lines = section
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const start = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(line)?.[1];
      if (start !== undefined) next = Number(start);
      if (start !== undefined || next === 0 || line.startsWith('\\')) return shortened(line);
      if (line.startsWith('-')) return `      ${shortened(line)}`;
      last = next;
      next += 1;
      return `${String(last).padStart(5)} ${shortened(line)}`;
    });
  return { text: lines.join('\n'), last };
}

function shortened(line: string): string {
  const clean = stripInvisible(line.replace(/\r$/, ''));
  return clean.length <= LINE_MAX ? clean : `${clean.slice(0, LINE_MAX).toWellFormed()}… (cut)`;
}
