/** Markup that is safe to send. Only `html` makes it, so a text can reach a page only through the escape below. */
export class Html {
  readonly #markup: string;
  constructor(key: typeof KEY, markup: string) {
    if (key !== KEY) throw new Error('Only html`` makes markup.');
    this.#markup = markup;
  }
  toString(): string {
    return this.#markup;
  }
}
const KEY: unique symbol = Symbol('html');

/** What may stand in a template: false, null and undefined are nothing. */
export type Part = string | number | Html | readonly Part[] | false | null | undefined;

/** A template whose values are escaped. Values stand between tags or inside quoted attributes, nowhere else. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(
    KEY,
    strings.reduce((markup, string, i) => markup + render(parts[i - 1]) + string),
  );

export const NOTHING = html``;

function render(part: Part): string {
  if (part === false || part === null || part === undefined) return '';
  if (part instanceof Html) return part.toString();
  if (Array.isArray(part)) return part.map(render).join('');
  return escaped(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/**
 * What a person would not see is shown by its number: control characters (a terminal's escape sequences among them), characters that turn the
 * direction of writing, and those without a width, in which a second text can be hidden.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu;

const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replace(/[&<>"'`]/g, (character) => ENTITIES[character] as string)
    .replace(UNSEEN, (character) =>
      character === '\n' || character === '\t' ? character : `\u27e8${codePoint(character)}\u27e9`,
    );

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
