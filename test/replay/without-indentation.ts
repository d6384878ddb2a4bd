import { replaceOnce } from '../../src/executor/edit/match.ts';
import type { Edit } from './edits-between.ts';

/**
 * What came of an edit whose lines were sent without the indentation they have in common, as models do. `refused`: nothing was changed,
 * because there are several such places or the new lines cannot be indented without guessing. `wrong`: something else came out than the
 * exact edit makes.
 */
export type Loosely = 'right' | 'refused' | 'wrong';

/** Tries each edit without its indentation where it would be made; only those that match in no other way are counted. */
export function withoutIndentation(before: string, edits: readonly Edit[]): Loosely[] {
  let text = before;
  return edits.flatMap((edit) => {
    const exact = replaceOnce(text, edit.old_text, edit.new_text);
    if (!exact.ok) throw new Error(exact.reason);
    const bare = dedented(edit);
    const loose = bare && replaceOnce(text, bare.old_text, bare.new_text);
    text = exact.value.text;
    if (!loose || (loose.ok && loose.value.how === 'exact')) return [];
    if (!loose.ok) return ['refused'];
    return loose.value.text === text ? ['right'] : ['wrong'];
  });
}

/** Null where nobody would leave it out by mistake: a single line, lines that have none in common, carriage returns that are meant. */
function dedented({ old_text, new_text }: Edit): Edit | null {
  const lines = old_text.split('\n').filter((line) => line.trim() !== '');
  const common = lines.map((line) => /^[ \t]*/.exec(line)?.[0] ?? '').reduce(sharedStart, lines[0] ?? '');
  const all = [...lines, ...new_text.split('\n').filter((line) => line.trim() !== '')];
  if (lines.length < 2 || common === '' || (old_text + new_text).includes('\r')) return null;
  if (!all.every((line) => line.startsWith(common))) return null;
  const bare = (whole: string) =>
    whole
      .split('\n')
      .map((line) => (line.trim() === '' ? line : line.slice(common.length)))
      .join('\n');
  return { old_text: bare(old_text), new_text: bare(new_text) };
}

function sharedStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}
