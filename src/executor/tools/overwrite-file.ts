import { z } from 'zod';
import { defineTool, toolError, toolResult, type Tool } from '../../agent/tool.ts';
import { restoreLineEnds } from '../edit/line-ends.ts';
import type { Overlay } from '../edit/overlay.ts';
import { existingText } from './existing-file.ts';
import { type MayWrite, parseWritablePath, sizeRefusal } from './writable-path.ts';

const input = z.strictObject({ path: z.string(), content: z.string().describe('The whole new text of the file') });

export const overwriteFileTool = (overlay: Overlay, mayWrite: MayWrite): Tool =>
  defineTool({
    name: 'overwrite_file',
    description:
      'Replaces the whole text of an existing file; for anything smaller use edit_file. Write line feeds; lines that stay keep their own ' +
      'line ends, and a byte-order mark stays.',
    input,
    shorter: 'change the file part by part with edit_file',
    async run({ path: given, content }) {
      const path = parseWritablePath(given, 'put', mayWrite);
      if (!path.ok) return toolError(path.reason);
      const existing = await existingText(overlay, path.value);
      if (!existing.ok) return toolError(existing.reason);
      if (!content.isWellFormed()) return toolError('content holds half of a surrogate pair, which is not text.');
      const text = inTheStyleOf(existing.value.text, content);
      const written = await overlay.write({ path: path.value, mode: existing.value.file.mode, content: Buffer.from(text) });
      return written.ok ? toolResult(`Overwrote ${path.value}.`) : toolError(sizeRefusal(written.reason));
    },
  });

/** read_file shows neither carriage returns nor the mark, so a model that means to keep them cannot write them. */
function inTheStyleOf(before: string, content: string): string {
  const [mark, rest] = before.startsWith(BYTE_ORDER_MARK) ? [BYTE_ORDER_MARK, before.slice(1)] : ['', before];
  const text = rest.includes('\r\n') && !content.includes('\r\n') ? restoreLineEnds(rest, content) : content;
  return text.startsWith(mark) ? text : mark + text;
}

const BYTE_ORDER_MARK = '\ufeff';
