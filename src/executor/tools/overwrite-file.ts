import { z } from 'zod';
import { defineTool, refuse, say, type Tool } from '../../agent/tool.ts';
import type { Overlay } from '../edit/overlay.ts';
import { existingText } from './existing-file.ts';
import { type MayWrite, parseWritablePath, tooMuch } from './writable-path.ts';

const input = z.strictObject({ path: z.string(), content: z.string().describe('The whole new text of the file') });

export const overwriteFileTool = (overlay: Overlay, mayWrite: MayWrite): Tool =>
  defineTool({
    name: 'overwrite_file',
    description:
      'Replaces the whole text of an existing file; for anything smaller use edit_file. A file that uses CRLF or a byte-order mark ' +
      'keeps them.',
    input,
    async run({ path: given, content }) {
      const path = parseWritablePath(given, mayWrite);
      if (!path.ok) return refuse(path.reason);
      const existing = await existingText(overlay, path.value);
      if (!existing.ok) return refuse(existing.reason);
      if (!content.isWellFormed()) return refuse('content holds half of a surrogate pair, which is not text.');
      const text = inTheMannerOf(existing.value.text, content);
      const written = await overlay.write({ path: path.value, mode: existing.value.file.mode, content: Buffer.from(text) });
      return written.ok ? say(`Overwrote ${path.value}.`) : refuse(tooMuch(written.reason));
    },
  });

/** read_file shows neither carriage returns nor the mark, so a model that means to keep them cannot write them. */
function inTheMannerOf(before: string, content: string): string {
  const onlyCrlf = before.includes('\r\n') && !/(?<!\r)\n/.test(before);
  const text = onlyCrlf && !content.includes('\r') ? content.replaceAll('\n', '\r\n') : content;
  return before.startsWith('\ufeff') && !text.startsWith('\ufeff') ? `\ufeff${text}` : text;
}
