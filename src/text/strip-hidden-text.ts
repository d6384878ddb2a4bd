import { hiddenSpans } from './hidden-spans.ts';
import { stripInvisible } from './invisible-characters.ts';

/** A text as people see it rendered. */
export interface VisibleText {
  readonly text: string;
  /** Whether words were left out because GitHub does not show them. */
  readonly removed: boolean;
}

/** What people wrote as they see it rendered: without hidden comments, invisible and bidirectional characters; line ends are LF. */
export function stripHiddenText(text: string): VisibleText {
  // Invisible characters are removed first, so that one inside of `<!--` does not keep the comment from being found.
  const clean = stripInvisible(text.replace(/\r\n?/g, '\n'));
  const hidden = hiddenSpans(clean);
  let out = '';
  let from = 0;
  for (const [start, end] of hidden) {
    out += clean.slice(from, start);
    from = end;
  }
  return {
    text: (out + clean.slice(from)).trim(),
    removed: hidden.some(([start, end]) => clean.slice(start, end).trim() !== ''),
  };
}
