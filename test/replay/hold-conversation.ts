import { createModels } from '../../src/adapters/models/models.ts';
import type { Message } from '../../src/domain/model/conversation.ts';
import { PROVIDER_NAMES } from '../../src/domain/model/providers.ts';
import type { Component } from '../../src/domain/plan/plan.ts';
import { type Execution, implementComponent } from '../../src/executor/implement.ts';
import type { Snapshot } from '../../src/ports/snapshot.ts';
import { aJob } from '../executor/a-job.ts';
import { startLocalModels } from '../support/models/local-models.ts';
import type { ScriptedTurn } from '../support/models/scripted-turn.ts';
import { clock } from './clock.ts';
import { LONGEST_CONVERSATION } from './conversation-for.ts';

export interface ToolAnswer {
  readonly tool: string;
  readonly content: string;
  readonly is_error: boolean;
}

export interface Held {
  readonly execution: Execution;
  /** What the writing tools said, and what any tool refused, in order; the one that ended the conversation says nothing any more. */
  readonly answers: readonly ToolAnswer[];
}

const READING = new Set(['list_files', 'read_file', 'search']);

/** In turn, so that each wire format carries every kind of text in the end. */

/** The executor at work: the real loop and adapters, a provider on this machine, and a model that says what the script has. */
export async function holdConversation(
  snapshot: Snapshot,
  { planFile, component }: { planFile: string; component: Component },
  turns: readonly ScriptedTurn[],
  nth: number,
): Promise<Held> {
  const local = await startLocalModels();
  local.script(() => true, turns);
  const models = createModels({
    clock,
    endpoints: {
      anthropic: { apiKey: 'a-local-key', baseUrl: local.anthropicUrl },
      openai: { apiKey: 'a-local-key', baseUrl: local.openaiUrl },
      gemini: { apiKey: 'a-local-key', baseUrl: local.geminiUrl },
      compatible: { apiKey: null, baseUrl: local.compatibleUrl },
    },
  });
  let messages: readonly Message[] = [];
  try {
    const execution = await implementComponent(
      aJob({
        models: [`${PROVIDER_NAMES[nth % PROVIDER_NAMES.length]}/a-model`],
        maxTurns: LONGEST_CONVERSATION,
        planFile,
        component,
        snapshot,
        // What is proved is bytes, not policy.
        policy: { planPath: '.replay/PLAN.md', settingsPath: '.replay/settings', protectedPaths: [], mayChangeWorkflows: true },
      }),
      {
        models: {
          ...models,
          turn(request) {
            messages = request.messages;
            return models.turn(request, () => {});
          },
        },
        clock,
        priceOf: () => null,
        // As the engine does: what is recorded has been JSON.
        record: async (_, run) => JSON.parse(JSON.stringify(await run())),
      },
    );
    return { execution, answers: answersIn(messages) };
  } finally {
    await local.close();
  }
}

function answersIn(messages: readonly Message[]): ToolAnswer[] {
  const tools = new Map(
    messages.flatMap((m) => (m.role === 'assistant' ? m.turn.calls.map(({ id, name }) => [id, name] as const) : [])),
  );
  const results = messages.flatMap((m) => (m.role === 'tools' ? m.results : []));
  return results
    .map(({ call_id, content, is_error }) => ({ tool: tools.get(call_id) ?? '', content, is_error }))
    .filter(({ tool, is_error }) => is_error || !READING.has(tool));
}
