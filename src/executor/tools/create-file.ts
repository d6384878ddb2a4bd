import { z } from 'zod';
import { defineTool, type Tool, toolError, toolResult } from '../../agent/tool.ts';
import type { Overlay } from '../edit/overlay.ts';
import { inTheStyleOf } from '../edit/text-style.ts';
import { checkPathIsFree, parseWritablePath, sizeRefusal, type WriteRules } from './writable-path.ts';

const input = z.strictObject({
  path: z.string(),
  content: z.string().describe('The whole file, with its last line end'),
  executable: z
    .boolean()
    .nullable()
    .describe('Whether the file may be run, as scripts are; null: as the file was that had this path before, else not'),
});

export const createFileTool = (overlay: Overlay, rules: WriteRules): Tool =>
  defineTool({
    name: 'create_file',
    description: 'Creates a text file that does not exist yet, and the directories it needs.',
    input,
    shorter: 'create the file with its first part, then add the rest with edit_file',
    async run({ path: given, content, executable }) {
      const path = parseWritablePath(given, 'put', rules, await overlay.files());
      if (!path.ok) return toolError(path.reason);
      const files = await overlay.files();
      const room = checkPathIsFree(path.value, files);
      if (!room.ok) return toolError(files.has(path.value) ? `${room.reason} Use edit_file, or overwrite_file.` : room.reason);
      if (!content.isWellFormed()) return toolError('content holds half of a surrogate pair, which is not text.');
      const mode = (executable ?? (await overlay.lastMode(path.value)) === '100755') ? '100755' : '100644';
      const before = await overlay.textBefore(path.value);
      const text = before === null ? content : inTheStyleOf(before, content);
      const written = await overlay.write({ path: path.value, mode, content: Buffer.from(text) });
      return written.ok
        ? toolResult(`Created ${path.value}${mode === '100755' ? ', executable' : ''}.`)
        : toolError(sizeRefusal(written.reason));
    },
  });
