import { restoreLineEnds } from './line-ends.ts';

const BYTE_ORDER_MARK = '\ufeff';

/** read_file shows neither carriage returns nor the mark, so a model that means to keep them cannot write them. */
export function inTheStyleOf(before: string, content: string): string {
  const [mark, rest] = before.startsWith(BYTE_ORDER_MARK) ? [BYTE_ORDER_MARK, before.slice(1)] : ['', before];
  const text = rest.includes('\r\n') && !content.includes('\r\n') ? restoreLineEnds(rest, content) : content;
  return text.startsWith(mark) ? text : mark + text;
}
