import { z } from 'zod';
import { defineTool, type Tool, toolError, toolResult } from '../../agent/tool.ts';
import type { Overlay } from '../edit/overlay.ts';
import { inTheStyleOf } from '../edit/text-style.ts';
import { existingText } from './existing-file.ts';
import { parseWritablePath, sizeRefusal, type WriteRules } from './writable-path.ts';

const input = z.strictObject({ path: z.string(), content: z.string().describe('The whole new text of the file') });

export const overwriteFileTool = (overlay: Overlay, rules: WriteRules): Tool =>
  defineTool({
    name: 'overwrite_file',
    description:
      'Replaces the whole text of an existing file; for anything smaller use edit_file. Write line feeds; lines that stay keep their own ' +
      'line ends, and a byte-order mark stays.',
    input,
    shorter: 'change the file part by part with edit_file',
    async run({ path: given, content }) {
      const path = parseWritablePath(given, 'put', rules, await overlay.files());
      if (!path.ok) return toolError(path.reason);
      const existing = await existingText(overlay, path.value);
      if (!existing.ok) return toolError(existing.reason);
      if (!content.isWellFormed()) return toolError('content holds half of a surrogate pair, which is not text.');
      const text = inTheStyleOf(existing.value.text, content);
      const written = await overlay.write({ path: path.value, mode: existing.value.file.mode, content: Buffer.from(text) });
      return written.ok ? toolResult(`Overwrote ${path.value}.`) : toolError(sizeRefusal(written.reason));
    },
  });
