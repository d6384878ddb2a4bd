import type { ToolCall } from '../../domain/model/conversation.ts';

/** A call from the JSON text the model wrote for its arguments; no text at all means no arguments. */
export function readCall(id: string, name: string, json: string): ToolCall {
  if (json.trim() === '') return { id, name, input: {} };
  try {
    return { id, name, input: JSON.parse(json) };
  } catch {
    return { id, name, malformed: json };
  }
}
