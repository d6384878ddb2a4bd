import type { ToolCall } from '../domain/model/conversation.ts';
import { type Answer, misuse, type Tool } from './tool.ts';

/** Answers one call of a model. A tool that does not exist and arguments that are not JSON are errors the model can correct. */
export async function answerCall<Final>(tools: readonly Tool<Final>[], call: ToolCall): Promise<Answer<Final>> {
  const tool = tools.find(({ spec }) => spec.name === call.name);
  if (!tool) return misuse(`There is no tool ${call.name}. The tools are: ${tools.map(({ spec }) => spec.name).join(', ')}.`);
  if (call.malformed !== undefined) {
    return misuse(
      `The arguments of ${call.name} are not valid JSON (cut off, perhaps), or nested too deeply; nothing was done. Send the call again.`,
    );
  }
  return tool.answer(call.input);
}
