import type { FileConflict } from '../../domain/task/file-conflict.ts';
import { inlineCode } from '../../text/sanitize-markdown.ts';

/** Texts for components of two tasks that change the same file. Pure: values in, Markdown out. */

const whose = ({ issue, component, pull }: FileConflict): string =>
  pull === null ? `\`${component}\` of #${issue}, which is running,` : `#${pull} (\`${component}\` of #${issue})`;

const filesOf = ({ files }: FileConflict): string => files.map(inlineCode).join(', ');

/** In the status comment. */
export const waitReason = (conflict: FileConflict): string => `${whose(conflict)} also changes ${filesOf(conflict)}`;

export const waitsForOther = (id: string, conflict: FileConflict): string =>
  [
    `\`${id}\` waits, because ${whose(conflict)} also changes ${filesOf(conflict)}.`,
    `It starts automatically when that one is closed.`,
    `Once that one is merged, ${filesOf(conflict)} ${conflict.files.length === 1 ? 'is' : 'are'} no longer what this plan was made for:`,
    `if nothing of this plan has started by then, it asks for one more \`/execute\`. Comment \`/execute ${id}\` to start it now.`,
  ].join(' ');
