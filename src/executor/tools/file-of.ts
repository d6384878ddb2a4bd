import { parseWorkspacePath } from '../../agent/files/workspace-path.ts';
import type { Json } from '../../domain/json.ts';
import type { ToolCall } from '../../domain/model/conversation.ts';

/** The argument in which each tool that changes files names the file. */
const FIELDS: Readonly<Record<string, string>> = {
  edit_file: 'path',
  create_file: 'path',
  overwrite_file: 'path',
  delete_file: 'path',
  move_file: 'from',
};

/** The file a call tries to change, in one spelling where it has one; null for calls that change none. */
export function fileOf({ name, input }: ToolCall): string | null {
  const field = FIELDS[name];
  if (field === undefined || typeof input !== 'object' || input === null || Array.isArray(input)) return null;
  const given = (input as Readonly<Record<string, Json>>)[field];
  if (typeof given !== 'string') return null;
  const path = parseWorkspacePath(given);
  return path.ok ? path.value : given;
}
