// A process of its own: a provider whose models answer at once and plan the same for every issue. Prints where it listens.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DAGS, planOf } from '../dags.ts';

const PLAN = planOf(DAGS[1] ?? {}, 'Limit the orders');
const CALLS = [
  { name: 'list_files', input: { path: '', glob: null } },
  { name: 'read_file', input: { path: 'src/orders.js', from_line: null, to_line: null } },
];
/** A look around, then the plan, which is submitted again where the planner is asked to review it. */
const TURNS = [CALLS, [{ name: 'submit_plan', input: PLAN }]];

interface Asked {
  readonly messages: readonly { readonly role: string }[];
}

/** By how often the model has answered before. */
const streams = new Map<number, string>();

function streamOf(calls: readonly { readonly name: string; readonly input: unknown }[], turn: number): string {
  const message = {
    ...{
      id: `msg_${turn}`,
      type: 'message',
      role: 'assistant',
      model: 'bench',
      content: [],
      stop_reason: null,
      stop_sequence: null,
    },
    usage: { input_tokens: 500, cache_read_input_tokens: 5_000, cache_creation_input_tokens: 500, output_tokens: 1 },
  };
  const events = [
    { type: 'message_start', message },
    ...calls.flatMap(({ name, input }, index) => [
      { type: 'content_block_start', index, content_block: { type: 'tool_use', id: `toolu_${turn}_${index}`, name, input: {} } },
      { type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json: JSON.stringify(input) } },
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 1_500 } },
    { type: 'message_stop' },
  ];
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

function answer(response: ServerResponse, body: string): void {
  const { messages } = JSON.parse(body) as Asked;
  const said = messages.filter(({ role }) => role === 'assistant').length;
  const stream = streams.get(said) ?? streamOf(TURNS[Math.min(said, TURNS.length - 1)] ?? [], said);
  streams.set(said, stream);
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end(stream);
}

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (request.method === 'POST') return answer(response, Buffer.concat(chunks).toString());
  const id = request.url?.split('/').at(-1) ?? '';
  const capabilities = { effort: { supported: true }, thinking: { supported: true, types: { adaptive: { supported: true } } } };
  const model = {
    type: 'model',
    id,
    display_name: id,
    created_at: '2026-01-01T00:00:00Z',
    lifecycle: 'active',
    max_tokens: 128_000,
    capabilities,
  };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(model));
});
server.listen(0, '127.0.0.1', () => console.log(`listens on http://127.0.0.1:${(server.address() as AddressInfo).port}`));
