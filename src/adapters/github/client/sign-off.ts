/** Who GitHub says wrote what this App commits, as `NAME <ADDRESS>`; null until it has said so. The same in every repository. */
export interface CommitAuthor {
  current: string | null;
}

/** The message with a sign-off among its trailers. */
export function signedOff(message: string, author: string): string {
  const text = message.trimEnd();
  const lines = text.split('\n');
  const paragraph = lines.slice(lines.lastIndexOf('') + 1);
  const hasTrailers = lines.includes('') && paragraph.every((line) => /^[A-Za-z][A-Za-z-]*: \S/.test(line));
  return `${text}\n${hasTrailers ? '' : '\n'}Signed-off-by: ${author}\n`;
}

/** Attempts at a commit whose sign-off is that of its author: the first tells who that is. */
const TRIES = 3;

/**
 * Makes a commit that its author signs off. Checks of sign-offs compare them with the author to the letter, whom only GitHub's answer names:
 * where that was another one than expected, the commit is made again, and the first is on no branch.
 * @param create makes a commit and tells its author.
 */
export async function commitSignedOff(
  message: string,
  author: CommitAuthor,
  create: (message: string) => Promise<{ readonly sha: string; readonly author: string }>,
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const expected = author.current;
    const made = await create(expected === null ? message : signedOff(message, expected));
    author.current = made.author;
    if (made.author === expected) return made.sha;
    if (attempt === TRIES) throw new Error('GitHub names another author for each commit, so that none can be signed off');
  }
}
