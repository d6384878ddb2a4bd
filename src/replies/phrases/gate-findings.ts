/** How many findings are listed; a longer list would not help. */
const SHOWN = 20;

/** What the output gate found, as a list. */
export const findingList = (findings: readonly string[]): string =>
  [
    ...findings.slice(0, SHOWN).map((finding) => `- ${finding}`),
    ...(findings.length > SHOWN ? [`- and ${findings.length - SHOWN} more`] : []),
  ].join('\n');

export const unfit = (findings: readonly string[]): string =>
  `the change failed the output checks twice:\n\n${findingList(findings)}`;

/** Appended to the executor's summary; `limit` is what the tools answered. */
export const editsRefused = (summary: string, limit: string): string =>
  `${summary}\n\nThis may be incomplete, because some of its edits were refused: ${limit}`;
