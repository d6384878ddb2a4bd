import { createHash } from 'node:crypto';

/**
 * Puts an untrusted text between two marks it cannot contain: the marks carry a digest of the text itself, so that a text would
 * have to hold its own hash to close its fence. The same text gives the same fence, which keeps prompts cacheable.
 */
export function fence(label: string, text: string): string {
  const mark = `${label}-${createHash('sha256').update(`${label}\0${text}`).digest('hex').slice(0, 16)}`;
  return `<${mark}>\n${text}\n</${mark}>`;
}
