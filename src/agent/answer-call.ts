import type { ToolCall } from '../domain/model/conversation.ts';
import { type Answer, misuse, type Tool } from './tool.ts';

/**
 * Answers one call of a model. A tool that does not exist and arguments that are not JSON are errors the model can correct.
 * @param cutOff whether the model wrote this call when it reached the output limit: sent again as it was, it would end there again.
 */
export async function answerCall<Final>(tools: readonly Tool<Final>[], call: ToolCall, cutOff = false): Promise<Answer<Final>> {
  const tool = tools.find(({ spec }) => spec.name === call.name);
  if (!tool) return misuse(`There is no tool ${call.name}. The tools are: ${tools.map(({ spec }) => spec.name).join(', ')}.`);
  if (call.malformed !== undefined) {
    if (cutOff) return misuse(unfinished(tool, 'not valid JSON'));
    return misuse(
      `The arguments of ${call.name} are not valid JSON (cut off, perhaps), or nested too deeply; nothing was done. Send the call again.`,
    );
  }
  const answer = await tool.answer(call.input);
  if (!cutOff || answer.final !== undefined) return answer;
  // Some servers leave out what was cut off, or close its quotes and brackets, so that it does not look cut off.
  if (answer.misused) return misuse(unfinished(tool, 'incomplete'));
  return answer.is_error ? answer : { ...answer, content: `${answer.content}\n${PERHAPS_UNFINISHED}` };
}

const PERHAPS_UNFINISHED =
  'Your answer was cut off at the output limit, perhaps within this call: check that nothing is missing.';

const unfinished = ({ spec, shorter }: Pick<Tool, 'spec' | 'shorter'>, what: string): string =>
  `The arguments of ${spec.name} are ${what}: your answer was cut off at the output limit; nothing was done. ` +
  `Send the call again, shorter${shorter === undefined ? '' : `: ${shorter}`}.`;
