/*
 * Globs of people's settings and of models, matched without a regular expression: a few stars in an expression could keep the
 * process busy for minutes. `*` and `?` stay inside a folder, `**` crosses folders, `[a-z]` and `{a,b}` are what they are
 * elsewhere. Whatever could be a name instead, as in `app/(admin)/[id]`, is matched as the name as well.
 */

export type Matcher = (path: string) => boolean;

interface GlobOptions {
  /** For a protection: case is ignored, and what cannot be expanded (`!(a)`, too many braces) matches more rather than less. */
  readonly wide: boolean;
}

/** How many spellings of one glob are expanded, and how deeply groups may be nested. */
const SPELLINGS_MAX = 256;
const DEPTH_MAX = 3;

/** Matches paths against a glob in time that grows with the product of their lengths. */
export function globMatcher(glob: string, { wide }: GlobOptions = { wide: false }): Matcher {
  const fold = wide ? lowerCase : (text: string): string => text;
  const spelled = spellings(fold(glob), wide);
  const patterns = (spelled ?? [wide ? everythingBelow(fold(glob)) : literal(fold(glob))]).map((tokens) => compile(tokens, wide));
  return (path) => {
    const folded = fold(path);
    return patterns.some((pattern) => matchesPath(pattern, folded));
  };
}

/** One character, or a wildcard. */
type Token = string | typeof ANY | typeof STAR | CharacterClass;
const ANY = Symbol('?');
const STAR = Symbol('*');
interface CharacterClass {
  readonly negated: boolean;
  readonly ranges: readonly (readonly [from: string, to: string])[];
}

const literal = (text: string): Token[] => [...text];

/** Everything that begins as the glob does before its first special character, for a protection that cannot be expanded further. */
const everythingBelow = (glob: string): Token[] => [
  ...literal(/^[^*?[\]{}()!@+\\]*/.exec(glob)?.[0] ?? ''),
  STAR,
  '/',
  STAR,
  STAR,
];

/**
 * The glob as sequences of tokens, one for each combination of alternatives; null where there are too many or they are nested too
 * deeply.
 */
function spellings(glob: string, wide: boolean, depth = 0): Token[][] | null {
  if (depth > DEPTH_MAX) return null;
  let all: Token[][] = [[]];
  for (let at = 0; at < glob.length; ) {
    const part = partAt(glob, at, { wide, depth });
    if (part === null || all.length * part.choices.length > SPELLINGS_MAX) return null;
    const [only, ...others] = part.choices;
    if (others.length === 0) for (const tokens of all) tokens.push(...(only ?? []));
    else all = all.flatMap((tokens) => part.choices.map((choice) => [...tokens, ...choice]));
    at = part.end;
  }
  return all;
}

interface Mode {
  readonly wide: boolean;
  readonly depth: number;
}

interface Part {
  readonly choices: readonly (readonly Token[])[];
  readonly end: number;
}

function partAt(glob: string, at: number, mode: Mode): Part | null {
  const char = glob[at] as string;
  if (char === '\\' && at + 1 < glob.length) return { choices: [[glob[at + 1] as string]], end: at + 2 };
  const group = groupAt(glob, at);
  if (group) return group.sign === '{' ? braces(group, mode) : parentheses(group, mode);
  if (char === '*') return { choices: [[STAR]], end: at + 1 };
  if (char === '?') return { choices: [[ANY]], end: at + 1 };
  if (char === '[') return brackets(glob, at);
  return { choices: [[char]], end: at + 1 };
}

interface Group {
  readonly sign: string;
  readonly written: string;
  readonly items: readonly string[];
  readonly end: number;
}

/** `{a,b}`, `(a|b)` or `@(a|b)` that begins at an offset, with the items between its separators. */
function groupAt(glob: string, at: number): Group | null {
  const sign = /^(?:\{|[?*+@!]?\()/.exec(glob.slice(at, at + 2))?.[0];
  if (sign === undefined) return null;
  const [open, close, separator] = sign === '{' ? ['{', '}', ','] : ['(', ')', '|'];
  const items: string[] = [];
  let from = at + sign.length;
  let depth = 1;
  for (let i = from; i < glob.length; i += 1) {
    const char = glob[i];
    if (char === '\\') i += 1;
    else if (char === open) depth += 1;
    else if (char === separator && depth === 1) {
      items.push(glob.slice(from, i));
      from = i + 1;
    } else if (char === close) {
      depth -= 1;
      if (depth > 0) continue;
      return { sign, written: glob.slice(at, i + 1), items: [...items, glob.slice(from, i)], end: i + 1 };
    }
  }
  return null;
}

function braces({ items: [first = '', ...others], written, end }: Group, mode: Mode): Part | null {
  const items = others.length === 0 ? rangeOf(first) : [first, ...others];
  const name = nested([written.slice(1, -1)], mode)?.map((inner) => ['{', ...inner, '}']);
  const choices = items === null ? [] : nested(items, mode);
  return name && choices ? { choices: [...choices, ...name], end } : null;
}

function parentheses({ sign, items, written, end }: Group, mode: Mode): Part | null {
  const name = nested([written.slice(sign.length, -1)], mode)?.map((inner) => [...sign, ...inner, ')']);
  if (!name) return null;
  if (sign === '@(' || (sign === '(' && items.length > 1)) {
    const choices = nested(items, mode);
    return choices ? { choices: [...choices, ...name], end } : null;
  }
  // Repetition and exclusion are not expanded: a protection covers anything there, and a permission covers only the literal name.
  if (sign === '(' || !mode.wide) return { choices: name, end };
  return written.includes('/') ? null : { choices: [[STAR], ...name], end };
}

/** The spellings of each item of a group; null where there are too many. */
function nested(items: readonly string[], { wide, depth }: Mode): readonly (readonly Token[])[] | null {
  const all: Token[][] = [];
  for (const item of items) {
    const spelled = spellings(item, wide, depth + 1);
    if (spelled === null || all.push(...spelled) > SPELLINGS_MAX) return null;
  }
  return all;
}

/** `{1..12}` and `{a..f}`. */
function rangeOf(item: string): string[] | null {
  const [, from, to] = /^(\d{1,4}|[a-z])\.\.(\d{1,4}|[a-z])$/i.exec(item) ?? [];
  if (from === undefined || to === undefined || /\d/.test(from) !== /\d/.test(to)) return null;
  const isNumber = /\d/.test(from);
  const [a, b] = isNumber ? [Number(from), Number(to)] : [from.charCodeAt(0), to.charCodeAt(0)];
  const [low, high] = a < b ? [a, b] : [b, a];
  if (high - low >= SPELLINGS_MAX) return null;
  return Array.from({ length: high - low + 1 }, (_, i) => (isNumber ? String(low + i) : String.fromCharCode(low + i)));
}

function brackets(glob: string, at: number): Part {
  const end = glob.indexOf(']', at + (/^\[[!^]?\]/.exec(glob.slice(at, at + 3))?.[0].length ?? 1));
  if (end === -1) return { choices: [['[']], end: at + 1 };
  const written = glob.slice(at, end + 1);
  if (written.includes('/')) return { choices: [['[']], end: at + 1 };
  const negated = /^\[[!^]/.test(written);
  const inside = [...written.slice(negated ? 2 : 1, -1)];
  const ranges: [string, string][] = [];
  for (let i = 0; i < inside.length; i += 1) {
    const [from, dash, to] = [inside[i] as string, inside[i + 1], inside[i + 2]];
    const isRange = dash === '-' && to !== undefined;
    ranges.push([from, isRange ? to : from]);
    if (isRange) i += 2;
  }
  return { choices: [[{ negated, ranges }], literal(written)], end: end + 1 };
}

/** A pattern by its folders; null stands for `**`. */
interface Pattern {
  /** The folder that every matching path is in, by which most of 80,000 paths are excluded at once. */
  readonly folder: string;
  readonly segments: readonly (Matcher | null)[];
}

function compile(tokens: readonly Token[], wide: boolean): Pattern {
  const segments: Token[][] = [[]];
  for (const token of tokens) {
    if (token === '/') segments.push([]);
    else segments.at(-1)?.push(token);
  }
  const special = segments.findIndex((segment) => segment.some((token) => typeof token !== 'string'));
  const names = segments
    .filter((segment) => segment.length > 0)
    .map((segment) => (isAcross(segment) ? null : nameMatcher(segment)));
  return {
    folder: segments
      .slice(0, special === -1 ? undefined : special)
      .map((segment) => segment.join(''))
      .join('/'),
    // A protection of what is below a folder covers a file in the folder's place as well.
    segments: names.at(-1) === null && !wide ? [...names, () => true] : names,
  };
}

const isAcross = (segment: readonly Token[]): boolean => segment.length > 1 && segment.every((token) => token === STAR);

/** Keeps the result for the last argument, because many globs are matched against one path after the other. */
function keepingLast<T>(compute: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly result: T } | null = null;
  return (text) => {
    if (last?.text !== text) last = { text, result: compute(text) };
    return last.result;
  };
}

const lowerCase = keepingLast((text) => text.toLowerCase());
const namesIn = keepingLast((path) => path.split('/'));

/** The leftmost place for each part between two `**` is as good as any other, so that no choice is tried twice. */
function matchesPath({ folder, segments }: Pattern, path: string): boolean {
  if (!path.startsWith(folder)) return false;
  const names = namesIn(path);
  return greedy(
    segments.length,
    names.length,
    (i) => segments[i] === null,
    (i, j) => (segments[i] as Matcher)(names[j] as string),
  );
}

/** Most names in globs have one star at most, for which comparing both ends is enough. */
function nameMatcher(tokens: readonly Token[]): Matcher {
  const star = tokens.indexOf(STAR);
  const [head, tail] = star === -1 ? [tokens, []] : [tokens.slice(0, star), tokens.slice(star + 1)];
  if ([...head, ...tail].every((token) => typeof token === 'string')) {
    const [begins, ends] = [head.join(''), tail.join('')];
    if (star === -1) return (name) => name === begins;
    return (name) => name.length >= begins.length + ends.length && name.startsWith(begins) && name.endsWith(ends);
  }
  return (name) => {
    const chars = [...name];
    return greedy(
      tokens.length,
      chars.length,
      (i) => tokens[i] === STAR,
      (i, j) => matchesCharacter(tokens[i] as Token, chars[j] as string),
    );
  };
}

/** Matches a sequence with stars: after a mismatch only the last star is given one more. */
function greedy(
  length: number,
  count: number,
  isStar: (i: number) => boolean,
  matches: (i: number, j: number) => boolean,
): boolean {
  let [i, j, star, starred] = [0, 0, -1, 0];
  while (j < count) {
    if (i < length && isStar(i)) {
      star = i;
      starred = j;
      i += 1;
    } else if (i < length && matches(i, j)) {
      i += 1;
      j += 1;
    } else if (star !== -1) {
      starred += 1;
      i = star + 1;
      j = starred;
    } else return false;
  }
  while (i < length && isStar(i)) i += 1;
  return i === length;
}

function matchesCharacter(token: Token, char: string): boolean {
  if (typeof token === 'string') return token === char;
  if (token === ANY) return true;
  if (typeof token === 'symbol') return false;
  return token.ranges.some(([from, to]) => from <= char && char <= to) !== token.negated;
}
