import { stripInvisible } from './invisible-characters.ts';

/**
 * HTML comments, in code too: telling for certain where GitHub sees code takes a whole parser, which a text made for it keeps busy for
 * a minute (measured, 65,000 characters), and guessing wrong would let a hidden order through.
 */
const COMMENT = /<!--[\s\S]*?(?:-->|$)/g;
/** The other way to write what nobody is shown: a link that leads nowhere and has a title, `[//]: # (text)`. */
const UNUSED_LINK = /^ {0,3}\[[^\]\n]{1,100}\]:[ \t]*(?:#|<#?>)[ \t]+(?:\([^\n]*\)|"[^\n]*"|'[^\n]*')[ \t]*$/gm;

/** What people wrote as they see it rendered: no hidden comments, no invisible or bidirectional characters, line ends as LF. */
export const stripHiddenText = (text: string): string =>
  stripInvisible(text.replace(/\r\n?/g, '\n').replace(COMMENT, '').replace(UNUSED_LINK, '')).trim();
