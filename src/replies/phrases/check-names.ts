import { inlineCode } from '../../text/sanitize-markdown.ts';

const MOST_NAMES = 5;

/** The first few names, as code: a check is called whatever an App or a workflow calls it. */
export const checkNames = (names: readonly string[]): string =>
  names.length > MOST_NAMES
    ? `${names.slice(0, MOST_NAMES).map(inlineCode).join(', ')} and ${names.length - MOST_NAMES} more`
    : names.map(inlineCode).join(', ');
