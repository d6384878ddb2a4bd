/** More are of no help to anybody. */
const SHOWN = 20;

/** What the output gate found, as a list. */
export const findingList = (findings: readonly string[]): string =>
  [
    ...findings.slice(0, SHOWN).map((finding) => `- ${finding}`),
    ...(findings.length > SHOWN ? [`- and ${findings.length - SHOWN} more`] : []),
  ].join('\n');

export const unfit = (findings: readonly string[]): string =>
  `what it made cannot be published, and it did not mend that when it was told:\n\n${findingList(findings)}`;

/** Behind the executor's own account; `limit` is what the tools had said. */
export const cutShort = (summary: string, limit: string): string =>
  `${summary}\n\nNot everything it wanted to write was taken, so this may be incomplete: ${limit}`;
