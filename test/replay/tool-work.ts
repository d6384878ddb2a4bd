import { type Edit, editsBetween } from './edits-between.ts';
import type { Move } from './order-moves.ts';
import { type Loosely, withoutIndentation } from './without-indentation.ts';

/** What the tools are to do to one path, or to one path on its way to another. */
export interface ToolWork {
  readonly remove?: string;
  readonly move?: Move;
  readonly create?: { readonly path: string; readonly content: string };
  /** Of a file that is there; its mode stays. */
  readonly overwrite?: { readonly path: string; readonly content: string };
  readonly edit?: { readonly path: string; readonly edits: readonly Edit[]; readonly loosely: readonly Loosely[] };
}

/** Edits, or an overwrite where the old text has nothing to take hold of. */
export function rewriting(path: string, before: string, after: string): ToolWork {
  if (before === after) return {};
  const edits = editsBetween(before, after);
  return edits === null
    ? { overwrite: { path, content: after } }
    : { edit: { path, edits, loosely: withoutIndentation(before, edits) } };
}
