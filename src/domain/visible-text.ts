import { stripInvisible } from './invisible-characters.ts';

/** What people wrote as they see it rendered: no HTML comments, no invisible or bidirectional characters, line ends as LF. */
export const visibleText = (text: string): string =>
  stripInvisible(text.replace(/\r\n?/g, '\n').replace(/<!--[\s\S]*?(?:-->|$)/g, '')).trim();
