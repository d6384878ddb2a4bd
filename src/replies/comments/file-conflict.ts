import type { FileConflict } from '../../domain/task/file-conflict.ts';
import { inlineCode } from '../../text/sanitize-markdown.ts';

/** What is said when components of two tasks change the same file. Pure: values in, Markdown out. */

const whose = ({ issue, component, pull }: FileConflict): string =>
  pull === null ? `\`${component}\` of #${issue}, which is being made,` : `#${pull} (\`${component}\` of #${issue})`;

const filesOf = ({ files }: FileConflict): string => files.map(inlineCode).join(', ');

/** In the table of components. */
export const waitsBecause = (conflict: FileConflict): string => `${whose(conflict)} changes ${filesOf(conflict)}, too`;

export const waitsForOther = (id: string, conflict: FileConflict): string =>
  [
    `\`${id}\` waits: ${whose(conflict)} changes ${filesOf(conflict)}, too, and whichever came second would be made from files that are about to be different.`,
    `It starts by itself when that is merged or closed. \`/execute ${id}\` starts it now.`,
  ].join(' ');
