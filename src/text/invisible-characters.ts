/**
 * Characters a reader cannot see but a model reads: zero-width and filler characters, bidirectional overrides (they make
 * text read in another order than it is written), tags and variation selectors above 16 (both can smuggle whole sentences).
 * Joiners and left-to-right marks stay: emoji, Persian and Hebrew need them.
 */
const INVISIBLE =
  /[\u00ad\u115f\u1160\u180e\u200b\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

/** Lone surrogates become U+FFFD first: between two halves an invisible character could hide that removing it joins them. */
export const stripInvisible = (text: string): string => text.toWellFormed().replace(INVISIBLE, '');
