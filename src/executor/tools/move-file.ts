import { z } from 'zod';
import { defineTool, type Tool, toolError, toolResult } from '../../agent/tool.ts';
import type { Overlay } from '../edit/overlay.ts';
import { existingBytes } from './existing-file.ts';
import { checkPathIsFree, parseWritablePath, sizeRefusal, type WriteRules } from './writable-path.ts';

const input = z.strictObject({ from: z.string(), to: z.string().describe('The new path; nothing may be there yet') });

export const moveFileTool = (overlay: Overlay, rules: WriteRules): Tool =>
  defineTool({
    name: 'move_file',
    description: 'Moves or renames one file, with its bytes and its mode. Text in other files that names it is not changed.',
    input,
    async run(given) {
      const files = await overlay.files();
      const from = parseWritablePath(given.from, 'move away', rules, files);
      if (!from.ok) return toolError(from.reason);
      const to = parseWritablePath(given.to, 'put', rules, files);
      if (!to.ok) return toolError(to.reason);
      const existing = await existingBytes(overlay, from.value);
      if (!existing.ok) return toolError(existing.reason);
      const { mode } = existing.value.file;
      // Its target is relative to its place: moved, it would point elsewhere, perhaps out of the repository.
      if (mode === '120000') return toolError(`${from.value} is a symbolic link; it cannot be moved.`);
      const remaining = new Map(files);
      remaining.delete(from.value);
      const room =
        from.value === to.value
          ? { ok: false as const, reason: 'from and to are the same.' }
          : checkPathIsFree(to.value, remaining);
      if (!room.ok) return toolError(room.reason);
      const written = await overlay.write(
        { path: from.value, mode, content: null },
        { path: to.value, mode, content: existing.value.bytes },
      );
      return written.ok ? toolResult(`Moved ${from.value} to ${to.value}.`) : toolError(sizeRefusal(written.reason));
    },
  });
