import { clip } from '../../../text/truncate.ts';

/** Issue, comment and pull request bodies; GitHub counts characters. */
const BODY_LIMIT = 65_536;
/** Summaries of check runs; the documentation says characters, the server counts bytes. */
const CHECK_LIMIT = 65_535;

const NOTE = '\n\n*(cut here: GitHub takes no more)*';

/** At most `BODY_LIMIT` characters, cut at the end with a note, so that a marker in the first line survives. */
export const cutBody = (text: string): string => (text.length <= BODY_LIMIT ? text : clip(text, BODY_LIMIT - NOTE.length, NOTE));

/** At most `CHECK_LIMIT` bytes of UTF-8. */
export function cutSummary(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= CHECK_LIMIT) return text;
  let end = CHECK_LIMIT - NOTE.length;
  // Bytes 10xxxxxx continue a character: step back to where one begins.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString('utf8') + NOTE;
}
