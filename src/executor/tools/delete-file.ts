import { z } from 'zod';
import { defineTool, type Tool, toolError, toolResult } from '../../agent/tool.ts';
import type { Overlay } from '../edit/overlay.ts';
import { existingBytes } from './existing-file.ts';
import { parseWritablePath, sizeRefusal, type WriteRules } from './writable-path.ts';

const input = z.strictObject({ path: z.string() });

export const deleteFileTool = (overlay: Overlay, rules: WriteRules): Tool =>
  defineTool({
    name: 'delete_file',
    description: 'Deletes one file.',
    input,
    async run({ path: given }) {
      const path = parseWritablePath(given, 'remove', rules, await overlay.files());
      if (!path.ok) return toolError(path.reason);
      const existing = await existingBytes(overlay, path.value);
      if (!existing.ok) return toolError(existing.reason);
      const written = await overlay.write({ path: path.value, mode: existing.value.file.mode, content: null });
      if (!written.ok) return toolError(sizeRefusal(written.reason));
      const lacking = rules.mayWrite(path.value, 'move away');
      return toolResult(`Deleted ${path.value}.${lacking === null ? '' : ` ${lacking} Create it again before you finish.`}`);
    },
  });
