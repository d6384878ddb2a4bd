import type { Json } from '../../domain/json.ts';
import type { ToolSpec } from '../../domain/model/conversation.ts';

/**
 * The tool's schema as the SDKs type it. Throws when the root is not an object: every provider refuses that, and the mistake is
 * ours.
 */
export function objectSchema(tool: ToolSpec): { type: 'object'; [key: string]: Json } {
  const { schema } = tool;
  if (schema === null || typeof schema !== 'object' || !('type' in schema) || schema.type !== 'object') {
    throw new Error(`The schema of the tool ${tool.name} has no object at its root.`);
  }
  return { ...schema, type: 'object' };
}
