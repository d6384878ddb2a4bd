import { occurrencesOf } from './occurrences.ts';

const DIFFERENCES_SHOWN = 5;

/** Invisible characters: soft hyphen, zero-width characters, direction marks, variation selectors. */
const UNSEEN =
  /^(?:[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\r]|\p{Variation_Selector}|[\u{e0000}-\u{e0fff}])$/u;
const SPACE = /^[\t\p{Z}]$/u;

/** Characters by what they are easily mistaken for, beyond what Unicode itself decomposes. */
const ALIKE: Readonly<Record<string, string>> = {
  '-': '\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2796\u30fc',
  "'": '\u2018\u2019\u201a\u201b\u02b9\u02bb\u02bc\u02bd\u02c8\u2032\u2035\u00b4`\uff07',
  '"': '\u201c\u201d\u201e\u201f\u2033\u2036\u02ba\u301d\u301e\u00ab\u00bb',
  '*': '\u2217\u204e\u22c6',
  '/': '\u2044\u2215\u29f8',
  ':': '\u2236\ua789\u02d0',
  ';': '\u037e',
  '|': '\u2223\u01c0',
  '~': '\u223c\u02dc\u301c',
  '<': '\u2039\u276e',
  '>': '\u203a\u276f',
  // Cyrillic and Greek letters that are drawn as Latin ones.
  a: '\u0430\u03b1',
  c: '\u0441\u03f2',
  d: '\u0501',
  e: '\u0435',
  h: '\u04bb',
  i: '\u0456\u03b9\u0131',
  j: '\u0458',
  k: '\u043a\u03ba',
  l: '\u04cf',
  o: '\u043e\u03bf',
  p: '\u0440\u03c1',
  q: '\u051b',
  s: '\u0455',
  u: '\u03c5',
  v: '\u03bd\u0475',
  w: '\u051d',
  x: '\u0445\u03c7',
  y: '\u0443\u04af',
  A: '\u0410\u0391',
  B: '\u0412\u0392',
  C: '\u0421',
  E: '\u0415\u0395',
  H: '\u041d\u0397',
  I: '\u0406\u0399\u04c0',
  J: '\u0408',
  K: '\u041a\u039a',
  M: '\u041c\u039c',
  N: '\u039d',
  O: '\u041e\u039f',
  P: '\u0420\u03a1',
  S: '\u0405',
  T: '\u0422\u03a4',
  X: '\u0425\u03a7',
  Y: '\u04ae\u03a5',
  Z: '\u0396',
};
const MEANT = new Map(Object.entries(ALIKE).flatMap(([plain, others]) => [...others].map((other) => [other, plain] as const)));

/** A character of a text, where it begins, and what is compared in its place. */
interface Folded {
  readonly at: number;
  readonly raw: string;
  readonly key: string;
}

/**
 * Which invisible or look-alike characters distinguish a text that is not in the file from one that is, as sentences that name the
 * line; null where nothing in the file looks the same. A model reads the file and sends back what it has read, unaware of the
 * difference.
 */
export function lookAlikes(text: string, wanted: string): string | null {
  const sought = charactersOf(wanted);
  const soughtKeys = sought.map(({ key }) => key).join('');
  if (soughtKeys.trim() === '') return null;
  const [at] = occurrencesOf(keysOf(text), soughtKeys, 1);
  if (at === undefined) return null;
  const [from, to] = placeOf(text, at, soughtKeys.length);
  const found = differences(charactersOf(text.slice(from, to)), sought);
  if (found.length === 0) return null;
  const shown = found.slice(0, DIFFERENCES_SHOWN).map(([offset, inFile, inOld]) => {
    const line = text.slice(0, from + offset).split('\n').length;
    return `line ${line} has ${named(inFile)} where old_text has ${named(inOld)}`;
  });
  const more = found.length > shown.length ? `, and ${found.length - shown.length} more differences` : '';
  return `${shown.join('; ')}${more}. Write old_text with the characters of the file.`;
}

/** Runs of spaces and tabs count as one space, so the second of them has no key. */
function eachCharacter(text: string, take: (character: Folded) => void): void {
  let at = 0;
  let spaceBefore = false;
  for (const raw of text) {
    const own = keyOf(raw);
    take({ at, raw, key: own === ' ' && spaceBefore ? '' : own });
    if (own !== '') spaceBefore = own === ' ';
    at += raw.length;
  }
}

function charactersOf(text: string): Folded[] {
  const characters: Folded[] = [];
  eachCharacter(text, (character) => characters.push(character));
  return characters;
}

/**
 * All keys one after the other; computed by regular expressions, because a file may have megabytes and rarely contains a
 * look-alike.
 */
const keysOf = (text: string): string => text.replace(/[^\n -_a-~]/gu, keyOf).replace(/ {2,}/g, ' ');

/** The first and last offset of the characters that the keys from `at` on stand for. */
function placeOf(text: string, at: number, length: number): [from: number, to: number] {
  let keys = 0;
  let [from, to] = [-1, text.length];
  eachCharacter(text, (character) => {
    if (from === -1 && keys + character.key.length > at) from = character.at;
    if (keys < at + length) to = character.at + character.raw.length;
    keys += character.key.length;
  });
  return [Math.max(0, from), to];
}

function keyOf(raw: string): string {
  if (raw === '\t') return ' ';
  const meant = MEANT.get(raw);
  if (meant !== undefined) return meant;
  if (raw < '\u007f' && raw !== '\r') return raw;
  if (UNSEEN.test(raw)) return '';
  return SPACE.test(raw) ? ' ' : raw.normalize('NFKD');
}

type Difference = readonly [offset: number, inFile: string, inOld: string];

/** Walks both texts in steps of equal keys, and keeps the steps in which the characters differ. */
function differences(there: readonly Folded[], sought: readonly Folded[]): Difference[] {
  const found: Difference[] = [];
  let [i, j] = [0, 0];
  while (j < sought.length) {
    const from = i;
    const step = { file: '', old: '', fileKey: '', oldKey: '' };
    do {
      const character = step.fileKey.length <= step.oldKey.length && i < there.length ? there[i++] : undefined;
      if (character) {
        step.file += character.raw;
        step.fileKey += character.key;
      } else if (j < sought.length) {
        const { raw, key } = sought[j++] as Folded;
        step.old += raw;
        step.oldKey += key;
      } else return found;
    } while (step.fileKey !== step.oldKey || step.oldKey === '' || swallows(sought[j]) || swallows(there[i]));
    const [inFile, inOld, cut] = withoutCommon(step.file, step.old);
    if (inFile !== inOld) found.push([(there[from] as Folded).at + cut, inFile, inOld]);
  }
  return found;
}

/** A character without a key belongs to the step before it, such as the second of two spaces. */
const swallows = (next: Folded | undefined): boolean => next !== undefined && next.key === '';

function withoutCommon(a: string, b: string): [string, string, number] {
  const [as, bs] = [[...a], [...b]];
  let head = 0;
  while (head < as.length && head < bs.length && as[head] === bs[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(as.length, bs.length) - head && as.at(-1 - tail) === bs.at(-1 - tail)) tail += 1;
  const middle = (all: string[]): string => all.slice(head, all.length - tail).join('');
  return [middle(as), middle(bs), as.slice(0, head).join('').length];
}

function named(characters: string): string {
  if (characters === '') return 'nothing';
  if (/^ +$/.test(characters)) return characters.length === 1 ? 'a space' : `${characters.length} spaces`;
  if (/^\t+$/.test(characters)) return characters.length === 1 ? 'a tab' : `${characters.length} tabs`;
  if (/^[!-~]+$/.test(characters)) return JSON.stringify(characters);
  return [...characters].map((c) => `U+${(c.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`).join(' ');
}
