/**
 * Characters a reader cannot see but a model reads: zero-width and filler characters, bidirectional overrides (they make
 * text read in another order than it is written), tags and variation selectors above 16 (both can smuggle whole sentences).
 * Joiners and left-to-right marks stay: emoji, Persian and Hebrew need them. So do one of the first selectors after a Han
 * character, which choose its form in names (no character has more than 32), and the tags of the three flags that have some.
 */
const INVISIBLE =
  /(\u{1f3f4}(?:\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073})\u{e007f}))|(?!(?<=\p{Script=Han})[\u{e0100}-\u{e011f}])[\u00ad\u115f\u1160\u180e\u200b\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

/**
 * Variation selectors up to 16 choose the appearance of the character before them; after any other letter they mean nothing, or
 * hide a bit of a message.
 */
const MEANINGLESS_SELECTOR =
  /[\ufe00-\ufe0d]|(?<!\p{Extended_Pictographic}|[0-9#*])[\ufe0e\ufe0f]|(?<=[0-9#*])[\ufe0e\ufe0f](?!\u20e3)/gu;
/** Joiners that join nothing: not after an emoji or a letter of the scripts that use them. */
const MEANINGLESS_JOINER =
  /(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f|(?!\p{Script=Latin}|\p{Script=Greek}|\p{Script=Cyrillic}|\p{Script=Han}|[\u{e0100}-\u{e011f}])(?:\p{L}|\p{M}))(?:\u200c|\u200d)/gu;

/** An invisible character in a text of several lines. */
interface InvisibleCharacter {
  /** 1-based. */
  readonly line: number;
  /** Its code point, such as `U+200B`. */
  readonly character: string;
}

/** The first invisible character of each line that has any. */
export function findInvisible(text: string): InvisibleCharacter[] {
  return text.split('\n').flatMap((line, index) => {
    const seen = stripInvisible(line);
    if (seen === line) return [];
    let at = 0;
    for (const character of line) {
      if (!seen.startsWith(character, at)) return [{ line: index + 1, character: codePoint(character) }];
      at += character.length;
    }
    return [];
  });
}

const codePoint = (character: string): string => `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;

/** Lone surrogates become U+FFFD first: between two halves an invisible character could hide that removing it joins them. */
export function stripInvisible(text: string): string {
  const stripped = text.toWellFormed().replace(INVISIBLE, '$1');
  if (!/[\ufe00-\ufe0f]|\u200c|\u200d/.test(stripped)) return stripped;
  return stripped.replace(MEANINGLESS_SELECTOR, '').replace(MEANINGLESS_JOINER, '');
}
