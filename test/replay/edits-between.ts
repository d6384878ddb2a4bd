import { type Hunk, hunksOf } from './line-hunks.ts';

/** The input of one `edit_file`, apart from the path. */
export interface Edit {
  readonly old_text: string;
  readonly new_text: string;
}

const BYTE_ORDER_MARK = '\ufeff';

/**
 * The edits that turn `before` into `after` when they are made one after the other, top to bottom. Each old text is the least that stands
 * once in the text as it is by then: whole lines, without the last line end where that is enough, and as much around them as it takes. It
 * is what a model would send that has seen line feeds only and no byte-order mark. Null where no edit could do it: an empty text.
 */
export function editsBetween(before: string, after: string): Edit[] | null {
  if (before === '') return null;
  const old = linesOf(before);
  const now = linesOf(after);
  return hunksOf(old.lines, now.lines).map((hunk) => {
    const present = after.slice(0, now.starts[hunk.newFrom]) + before.slice(old.starts[hunk.oldFrom]);
    return leastEdit(present, old.lines, now.lines, hunk);
  });
}

/** Lines with their ends, so that joined they are the text, and where each begins; one more start for the end. */
function linesOf(text: string): { lines: string[]; starts: number[] } {
  const lines = text === '' ? [] : text.split(/(?<=\n)/);
  const starts = [0];
  for (const line of lines) starts.push((starts.at(-1) ?? 0) + line.length);
  return { lines, starts };
}

function leastEdit(present: string, oldLines: readonly string[], newLines: readonly string[], hunk: Hunk): Edit {
  let from = oldLines.slice(hunk.oldFrom, hunk.oldTo).join('');
  let to = newLines.slice(hunk.newFrom, hunk.newTo).join('');
  // What stands above the hunk has been edited already, what stands below has not.
  let above = hunk.newFrom;
  let below = hunk.oldTo;
  for (;;) {
    const edit = withoutLastEnd(from, to, present) ?? asSent(from, to, present);
    if (edit) return edit;
    const up = above > 0 && (below >= oldLines.length || hunk.newFrom - above <= below - hunk.oldTo);
    if (up) above -= 1;
    const taken = up ? newLines[above] : oldLines[below];
    if (taken === undefined) throw new Error(`a whole text is not unique in itself: ${JSON.stringify(present.slice(0, 200))}`);
    if (!up) below += 1;
    from = up ? taken + from : from + taken;
    to = up ? taken + to : to + taken;
  }
}

function withoutLastEnd(from: string, to: string, present: string): Edit | null {
  const end = from.endsWith('\r\n') ? '\r\n' : '\n';
  if (!from.endsWith(end) || !to.endsWith(end) || to.endsWith('\r\n') !== from.endsWith('\r\n')) return null;
  return asSent(from.slice(0, -end.length), to.slice(0, -end.length), present);
}

/** How a model would write it; null when what it wrote would not be unique, or not mean this. */
function asSent(from: string, to: string, present: string): Edit | null {
  const marked = from.startsWith(BYTE_ORDER_MARK) && to.startsWith(BYTE_ORDER_MARK) && from.length > 1;
  const [sought, put] = marked ? [from.slice(1), to.slice(1)] : [from, to];
  if (sought === '' || present.indexOf(sought) !== present.lastIndexOf(sought)) return null;
  if (!present.includes('\r\n')) return { old_text: sought, new_text: put };
  const seen = [sought, put].map((text) => text.replaceAll('\r\n', '\n'));
  const [old_text = '', new_text = ''] = seen;
  const isShown = [present, sought, put].every(hasOnlyCrlf) && !seen.some((text) => text.includes('\r'));
  if (isShown) return { old_text, new_text };
  // A line end of another kind is only put into such a text by somebody who has shown that carriage returns are meant.
  return sought.includes('\r') || !(sought + put).includes('\n') ? { old_text: sought, new_text: put } : null;
}

/** Whether no line feed stands by itself. */
const hasOnlyCrlf = (text: string): boolean => !/(?<!\r)\n/.test(text);
