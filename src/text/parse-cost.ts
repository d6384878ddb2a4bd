import { leavesOf } from './markdown-blocks.ts';

/**
 * The estimated time to parse a text, in milliseconds on a processor of 2024 once the program is warm; measured by `npm run bench
 * -- parsers`.
 */
export interface ParseCost {
  /** The part that grows with the length of the text. */
  readonly linear: number;
  /**
   * The part that grows with the square of the special characters in one paragraph: the parser compares each with those before it.
   */
  readonly quadratic: number;
}

const MS_PER_CHARACTER = 0.001;
const MS_PER_SIGN = 0.02;
const MS_PER_ITEM = 0.05;
const MS_PER_PAIR = 0.00004;

const SIGN = /[*_~`[\]()<>|!&@:#\n\\+-]/g;
/** Lines that begin an item, a quotation or a table's row, which the parser takes apart and parses again from within. */
const ITEM = /^[ \t]*(?:[-+*>|]|\d{1,9}[.)])/gm;
const DELIMITER = /\*+|_+|~+|[[\]]/g;

/** Estimates the cost of untrusted Markdown before it is parsed, in linear time. */
export function parseCost(text: string): ParseCost {
  let quadratic = 0;
  for (const { kind, lines } of leavesOf(text) ?? []) {
    if (kind !== 'text') continue;
    let delimiters = 0;
    for (const line of lines) delimiters += count(text.slice(...line), DELIMITER);
    quadratic += delimiters * delimiters * MS_PER_PAIR;
  }
  const linear = text.length * MS_PER_CHARACTER + count(text, SIGN) * MS_PER_SIGN + count(text, ITEM) * MS_PER_ITEM;
  return { linear, quadratic };
}

function count(text: string, pattern: RegExp): number {
  pattern.lastIndex = 0;
  let found = 0;
  while (pattern.test(text)) found += 1;
  return found;
}
