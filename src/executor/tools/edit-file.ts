import { z } from 'zod';
import { linesOf, numberLines } from '../../agent/files/numbered-lines.ts';
import { defineTool, type Tool, toolError, toolResult } from '../../agent/tool.ts';
import { type Replacement, replaceOnce } from '../edit/match.ts';
import type { Overlay } from '../edit/overlay.ts';
import { existingText } from './existing-file.ts';
import { parseWritablePath, sizeRefusal, type WriteRules } from './writable-path.ts';

const input = z.strictObject({
  path: z.string(),
  old_text: z.string().describe('The text to replace, exactly as in the file, without line numbers'),
  new_text: z.string().describe('What replaces it; empty removes old_text'),
});

export const editFileTool = (overlay: Overlay, rules: WriteRules): Tool =>
  defineTool({
    name: 'edit_file',
    description:
      'Replaces old_text by new_text in a text file. old_text must occur exactly once: include two or three lines before and ' +
      "after, with their indentation. Write line feeds; the file's own line ends and byte-order mark are kept.",
    input,
    shorter: 'replace a smaller part at a time',
    async run({ path: given, old_text, new_text }) {
      const path = parseWritablePath(given, 'put', rules, await overlay.files());
      if (!path.ok) return toolError(path.reason);
      const existing = await existingText(overlay, path.value);
      if (!existing.ok) return toolError(existing.reason);
      const replaced = replaceOnce(existing.value.text, old_text, new_text);
      if (!replaced.ok) return toolError(`${path.value}: ${replaced.reason}`);
      const content = Buffer.from(replaced.value.text);
      const written = await overlay.write({ path: path.value, mode: existing.value.file.mode, content });
      return written.ok ? toolResult(describe(path.value, replaced.value)) : toolError(sizeRefusal(written.reason));
    },
  });

function describe(path: string, { text, lines: { first, last }, how }: Replacement): string {
  const where = last < first ? `removed text at line ${first}` : `lines ${first}-${last}`;
  if (how === 'exact') return `Edited ${path}: ${where}.`;
  const result = numberLines(linesOf(text).slice(first - 1, last), first).join('\n');
  return `Edited ${path}: ${where}. old_text matched without its indentation; new_text was indented to fit:\n${result}`;
}
