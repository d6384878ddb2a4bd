import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { LoopPorts } from '../../src/agent/loop.ts';
import type { Json } from '../../src/domain/json.ts';
import type { Message } from '../../src/domain/model/conversation.ts';
import { NO_USAGE } from '../../src/domain/model/usage.ts';
import { failure, success } from '../../src/domain/outcome.ts';
import type { TurnRequest } from '../../src/ports/model.ts';

/** Compares a text with a file people can read; UPDATE_GOLDEN=1 writes the file, and the commit shows what changed. */
export function expectGolden(path: string, text: string): void {
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, `${text}\n`);
  expect(`${text}\n`).toBe(readFileSync(path, 'utf8'));
}

/** Everything a model is given in one request, in the order in which providers read it. */
export const requestText = ({ system, tools, messages }: TurnRequest): string =>
  [
    ...tools.map((t) => `=== tool ${t.name}\n${t.description}\n${JSON.stringify(t.schema, null, 1)}`),
    `=== system\n${system}`,
    ...messages.map(messageText),
  ].join('\n\n');

export function messageText(message: Message): string {
  switch (message.role) {
    case 'user':
      return `=== user\n${message.text}`;
    case 'assistant':
      return `=== assistant\n${message.turn.calls.map((c) => `${c.name} ${JSON.stringify(c.input)}`).join('\n')}`;
    case 'tools':
      return `=== results\n${message.results.map((r) => r.content).join('\n---\n')}`;
  }
}

/** A model that makes these calls, a turn each, and then is gone; and every request it was sent. */
export function rehearsal(turns: readonly { readonly name: string; readonly input: Json }[]): {
  readonly ports: LoopPorts;
  readonly requests: readonly TurnRequest[];
} {
  const requests: TurnRequest[] = [];
  const ports: LoopPorts = {
    models: {
      async turn(request) {
        const call = turns[requests.push(request) - 1];
        if (!call) return failure({ kind: 'auth', message: 'The rehearsal is over.' });
        const calls = [{ id: `call-${requests.length}`, ...call }];
        return success({ model: request.model, text: '', calls, stop: 'calls', usage: NO_USAGE, reasoning: null, replay: null });
      },
      knows: async () => 'unknown',
    },
    clock: { now: () => 0, sleep: async () => {} },
    priceOf: () => null,
    record: (_, run) => run(),
  };
  return { ports, requests };
}
