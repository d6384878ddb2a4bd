import type { Overlap } from '../../domain/task/file-conflict.ts';
import { inlineCode } from '../../text/sanitize-markdown.ts';

/** What is said when components of two tasks change the same file. Pure: values in, Markdown out. */

const whose = ({ issue, component, pull }: Overlap): string =>
  pull === null ? `\`${component}\` of #${issue}, which is being made,` : `#${pull} (\`${component}\` of #${issue})`;

const filesOf = ({ files }: Overlap): string => files.map(inlineCode).join(', ');

/** In the table of components. */
export const waitsBecause = (overlap: Overlap): string => `${whose(overlap)} changes ${filesOf(overlap)}, too`;

export const waitsForOther = (id: string, overlap: Overlap): string =>
  [
    `\`${id}\` waits: ${whose(overlap)} changes ${filesOf(overlap)}, too, and whichever came second would be made from files that are about to be different.`,
    `It starts by itself when that is merged or closed. \`/execute ${id}\` starts it now.`,
  ].join(' ');
