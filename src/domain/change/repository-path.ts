/** git and NTFS have other spellings of `.git`; a checkout of any of them could install git hooks. */
const GITS_OWN = /^(?:\.git|git~[0-9]+)[ .]*(?::.*)?$/i;
/** Invisible characters: in a review the path looks like another one, and HFS+ takes it for another one. */
const UNSEEN = /[\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
/** Joiners that a writing system or an emoji needs. Elsewhere they are as invisible as the others. */
const MEANT_JOINER =
  /(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f|(?!\p{Script=Latin}|\p{Script=Greek}|\p{Script=Cyrillic}|\p{Script=Han})(?:\p{L}|\p{M}))(?:\u200c|\u200d)(?=\P{ASCII})/gu;
const JOINER = /\u200c|\u200d/;

/** Why `path` does not name one file inside a repository, as the end of a sentence that begins with the path; or null. */
export function pathProblem(path: string): string | null {
  if (path === '' || /\p{Cc}/u.test(path) || !path.isWellFormed()) return 'is not a path';
  if (UNSEEN.test(path) || JOINER.test(path.replace(MEANT_JOINER, '')))
    return 'holds characters that cannot be seen: write it without them';
  if (path.includes('\\')) return 'has a backslash: separate folders with /';
  if (/^(?:\/|~\/|[A-Za-z]:)/.test(path)) return 'is absolute: write it from the repository root, without a leading / or drive';
  const segments = path.split('/');
  if (segments.includes('..')) return 'leaves the repository or its folder with "..": write the path it means';
  if (segments.includes('.') || segments.includes('')) {
    return 'has empty or "." segments, or ends in /: write one file in its shortest form';
  }
  if (segments.some((segment) => GITS_OWN.test(segment))) return "lies inside git's own folder";
  // Windows drops a trailing dot or space, so that `.gitmodules.` would be written over `.gitmodules`.
  if (segments.some((segment) => /[ .]$/.test(segment))) return 'has a name that ends in a space or a dot: leave that out';
  if (/[*?]/.test(path)) return 'is a pattern: list each file by its exact path';
  return null;
}
