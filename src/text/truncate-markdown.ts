import { sanitizeMarkdown } from './sanitize-markdown.ts';
import { clip } from './truncate.ts';

/**
 * A model's text, sanitized and cut to about `max` characters, for bodies of which GitHub accepts 65,536: cut where a paragraph
 * ends, else a line, else a word; constructs that the cut left open are closed, and `rest` says where the rest is.
 */
export function sanitizeWithin(text: string, max: number, rest: string, own: readonly number[] = []): string {
  const kept = truncateMarkdown(text, max);
  return kept === text ? sanitizeMarkdown(text, own) : `${sanitizeMarkdown(kept, own)}\n\n*(cut here; ${rest})*`;
}

export function truncateMarkdown(text: string, max: number): string {
  if (text.length <= max) return text;
  const head = clip(text, max);
  const ends = ['\n\n', '\n', ' '].map((gap) => head.lastIndexOf(gap));
  return head.slice(0, ends.find((at) => at >= max / 2) ?? head.length).trimEnd();
}
