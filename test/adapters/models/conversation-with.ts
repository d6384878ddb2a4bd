import { createModels } from '../../../src/adapters/models/models.ts';
import type { Message, ToolResult, ToolSpec, Turn } from '../../../src/domain/model/conversation.ts';
import type { Provider } from '../../../src/domain/model/providers.ts';
import type { Outcome } from '../../../src/domain/outcome.ts';
import type { ModelFailure, TurnRequest } from '../../../src/ports/model.ts';
import type { LocalModels } from '../../support/models/local-models.ts';
import { recordingClock } from './recording-clock.ts';

const TOOLS: readonly ToolSpec[] = ['read_file', 'search'].map((name) => ({
  name,
  description: `The tool ${name}.`,
  schema: {
    type: 'object',
    properties: { path: { type: 'string' }, from_line: { type: ['integer', 'null'] } },
    required: ['path'],
    additionalProperties: false,
  },
}));

/** One conversation of the real adapters with a local server, kept the way a durable store keeps it: as JSON. */
export function conversationWith(provider: Provider, local: LocalModels, overrides: Partial<TurnRequest> = {}) {
  const clock = recordingClock();
  const logged: object[] = [];
  const models = createModels({
    endpoints: {
      anthropic: { apiKey: 'key-a', baseUrl: local.anthropicUrl },
      openai: { apiKey: 'key-o', baseUrl: local.openaiUrl },
      gemini: { apiKey: 'key-g', baseUrl: local.geminiUrl },
      compatible: { apiKey: null, baseUrl: local.compatibleUrl },
    },
    clock,
    log: (data) => logged.push(data),
  });
  const messages: Message[] = [];
  let begun = 0;

  async function ask(): Promise<Outcome<Turn, ModelFailure>> {
    const request: TurnRequest = {
      model: `${provider}/some-model`,
      effort: 'high',
      system: 'You are an architect.',
      tools: TOOLS,
      messages,
      cacheKey: 'plan-7',
      maxOutputTokens: 32_000,
      ...overrides,
    };
    const outcome = await models.turn(request, () => {
      begun += 1;
    });
    if (outcome.ok) messages.push({ role: 'assistant', turn: JSON.parse(JSON.stringify(outcome.value)) });
    return outcome;
  }

  /** The turn, or an error that shows why there is none. */
  async function turn(): Promise<Turn> {
    const outcome = await ask();
    if (!outcome.ok) throw new Error(`${outcome.reason.kind}: ${outcome.reason.message}`);
    return outcome.value;
  }

  return {
    clock,
    logged,
    models,
    messages,
    /** How many answers began. */
    begun: () => begun,
    say(text: string) {
      messages.push({ role: 'user', text });
      return turn();
    },
    /** Says something that no turn is expected for. */
    sayInVain(text: string) {
      messages.push({ role: 'user', text });
      return ask();
    },
    answerCalls(last: Turn, answer: (index: number) => Partial<ToolResult> = () => ({})) {
      const results = last.calls.map((call, index) => ({
        call_id: call.id,
        content: `result of ${call.name}`,
        is_error: false,
        ...answer(index),
      }));
      messages.push({ role: 'tools', results });
      return turn();
    },
  };
}
