import { inlineCode } from '../../text/sanitize-markdown.ts';

const MOST_NAMES = 5;

/** The first few names, as code, because a check can have any name. */
export const checkNames = (names: readonly string[]): string =>
  names.length > MOST_NAMES
    ? `${names.slice(0, MOST_NAMES).map(inlineCode).join(', ')} and ${names.length - MOST_NAMES} more`
    : names.map(inlineCode).join(', ');
