/**
 * Local stand-ins for the model providers, reached over real HTTP by the SDKs (ANTHROPIC_BASE_URL, OPENAI_BASE_URL, ...).
 *
 * Why not @copilotkit/aimock, which mocks the same endpoints: it matches fixtures on a chat-completions rendering of the request (no
 * `cache_control`, reasoning items or signatures to look at), parses scripted arguments (so broken JSON cannot be sent), has one
 * reasoning text and a placeholder signature per answer, no cache counts in the usage of these two wires, no GET /v1/models/ID, and
 * no way to hold a call in flight or to break off with an SSE `error` event. Those are what the tests here are about.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../../../src/domain/json.ts';
import type { Provider } from '../../../src/domain/model/providers.ts';
import { unrefs } from '../unref.ts';
import { anthropicWire } from './anthropic-wire.ts';
import { compatibleWire, geminiWire } from './chat-wire.ts';
import { type Condition, createConditions } from './conditions.ts';
import { createFaults, type Fault } from './faults.ts';
import { createHolds, type Hold } from './holds.ts';
import { openaiWire } from './openai-wire.ts';
import { createPromptCache, type InputUsage } from './prompt-cache.ts';
import { completeTurn, type ScriptedTurn } from './scripted-turn.ts';
import type { SeenRequest } from './seen-request.ts';
import { cutBeforeAnswer, sendEvents, sendJson } from './sending.ts';
import type { Wire } from './wire.ts';

type When = (request: SeenRequest) => boolean;
type Turns = readonly ScriptedTurn[] | ((request: SeenRequest, nth: number) => ScriptedTurn);

interface Script {
  /** The requests this script was asked to answer, in order; faults and holds count too. */
  readonly requests: readonly SeenRequest[];
  /** From now on the script answers nothing. */
  remove(): void;
}

export interface LocalModels {
  /** For ANTHROPIC_BASE_URL (without `/v1`). */
  readonly anthropicUrl: string;
  /** For OPENAI_BASE_URL (with `/v1`). */
  readonly openaiUrl: string;
  /** For GEMINI_BASE_URL (with `/v1beta/openai`). */
  readonly geminiUrl: string;
  /** For COMPATIBLE_BASE_URL (with `/v1`). */
  readonly compatibleUrl: string;
  /** Every request for a turn, in order, also those that were refused, faulted or held. */
  readonly requests: readonly SeenRequest[];
  /**
   * Answers the conversations `when` picks; of several scripts the latest wins. Which turn comes next is the number of assistant turns
   * already in the request, so a turn asked for again is answered the same. A request beyond the script, or that no script picks,
   * gets a 400 that says so.
   */
  script(when: When, turns: Turns): Script;
  /** The next `times` matching requests (for ever: Infinity) go wrong instead of being answered. */
  fault(fault: Fault): void;
  /** Matching requests wait for `release()`; `reached` resolves with the first. */
  hold(hold: { readonly when: When }): Hold;
  /** Resolves with the first truthy value of `condition`, looked at now and after each request and answer. Default limit 30 s. */
  until<T>(what: string, condition: Condition<T>, options?: { readonly timeoutMs?: number }): Promise<T>;
  /** From now on the provider does not know this model id: 404. */
  retire(modelId: string): void;
  /** From now on requests with this key are refused: 401. */
  revoke(key: string): void;
  /** From now on this model refuses every parameter that is about reasoning; `compatible` also what else not every server knows. */
  withoutReasoning(modelId: string): void;
  /** Whatever is held goes on, and nothing more is held or goes wrong. */
  forgetInterference(): void;
  /** The process may end although this is open. */
  unref(): void;
  close(): Promise<void>;
}

const WIRES: Record<Provider, Wire> = {
  anthropic: anthropicWire,
  openai: openaiWire,
  gemini: geminiWire,
  compatible: compatibleWire,
};
const isProvider = (name: string | undefined): name is Provider => name !== undefined && name in WIRES;

export async function startLocalModels(): Promise<LocalModels> {
  const requests: SeenRequest[] = [];
  const scripts: { when: When; turns: Turns; requests: SeenRequest[] }[] = [];
  const retired = new Set<string>();
  const simple = new Set<string>();
  const revoked = new Set<string>();
  const countPrompt = createPromptCache();
  const faults = createFaults();
  const holds = createHolds();
  const conditions = createConditions(
    () => `${requests.length} model requests so far${requests.slice(-5).map(summary).join('')}`,
  );

  const server = createServer((request, response) => {
    handle(request, response)
      .catch((error: unknown) => sendJson(response, { status: 400, body: { error: { message: `local models: ${error}` } } }))
      .finally(conditions.check);
  });

  const unref = unrefs(server);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, first, ...rest] = new URL(request.url ?? '', 'http://local').pathname.split('/');
    const path = `/${rest.join('/')}`;
    if (!isProvider(first)) return sendJson(response, { status: 404 });
    const wire = WIRES[first];
    const refuse = (status: number, message: string) => sendJson(response, { status, body: wire.errorBody(status, message) });
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    response.setHeader(wire.requestIdHeader, `req_local_${requests.length}`);
    if (!wire.authorised(headers)) return refuse(401, 'no credentials were sent');
    if (revoked.has(headers['x-api-key'] ?? headers.authorization?.replace('Bearer ', '') ?? ''))
      return refuse(401, 'invalid key');
    if (request.method === 'GET' && wire.lists && `${path}/` === wire.models) {
      const data = wire.lists.filter((id) => !retired.has(id)).map((id) => wire.modelBody(id, true));
      return sendJson(response, { status: 200, body: { object: 'list', data } });
    }
    if (request.method === 'GET' && path.startsWith(wire.models) && !wire.lists) {
      const id = decodeURIComponent(path.slice(wire.models.length));
      return retired.has(id)
        ? refuse(404, `model: ${id}`)
        : sendJson(response, { status: 200, body: wire.modelBody(id, !simple.has(id)) });
    }
    if (request.method !== 'POST' || path !== wire.path) return refuse(404, `no route ${request.method} ${path}`);

    const body = JSON.parse(await visibleFileText(request)) as Json;
    const { key, blocks } = wire.prompt(body);
    const { usage, begun } = countPrompt(key, blocks);
    const seen = record(first, wire, headers, body, usage);
    const script = scripts.findLast((one) => one.when(seen));
    script?.requests.push(seen);
    conditions.check();

    if (!(await holds.pass(seen, response))) return;
    const fault = faults.take(seen);
    if (fault === 'cut-before-answer') return cutBeforeAnswer(response);
    if (fault && typeof fault === 'object' && 'status' in fault) {
      return sendJson(response, { body: wire.errorBody(fault.status, 'The local server was told to fail.'), ...fault });
    }
    if (retired.has(seen.model)) return refuse(404, `model: ${seen.model}`);
    const complaint = wire.complaint(body);
    if (complaint) return refuse(400, complaint);
    const unreasonable = simple.has(seen.model) ? wire.reasoningComplaint(body) : null;
    if (unreasonable)
      return sendJson(response, { status: 400, body: wire.errorBody(400, unreasonable.message, unreasonable.param) });
    const scripted = typeof script?.turns === 'function' ? script.turns(seen, seen.turn) : script?.turns[seen.turn];
    if (!scripted) return refuse(400, script ? `the script has no turn ${seen.turn}` : 'no script picks this conversation');

    if (scripted.latencyMs) await new Promise((resolve) => setTimeout(resolve, scripted.latencyMs));
    begun();
    const answer = wire.answer(completeTurn(scripted, seen, usage), seen);
    if ('status' in answer) return sendJson(response, answer);
    const ending = fault === 'cut-mid-stream' ? 'cut' : fault ? wire.errorEvent(fault.sseError) : 'whole';
    return sendEvents(response, answer, ending, scripted.streamMs);
  }

  function record(provider: Provider, wire: Wire, headers: Record<string, string>, body: Json, counted: InputUsage): SeenRequest {
    const conversation = wire.read(body);
    const turn = conversation.messages.filter((message) => message.role === 'assistant').length;
    const seen = { ...conversation, provider, index: requests.length, at: Date.now(), turn, counted, headers, body };
    requests.push(seen);
    return seen;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    anthropicUrl: `${base}/anthropic`,
    openaiUrl: `${base}/openai/v1`,
    geminiUrl: `${base}/gemini/v1beta/openai`,
    compatibleUrl: `${base}/compatible/v1`,
    requests,
    script(when, turns) {
      const script = { when, turns, requests: [] };
      scripts.push(script);
      return { requests: script.requests, remove: () => void scripts.splice(scripts.indexOf(script), 1) };
    },
    fault: faults.add,
    hold: holds.add,
    until: conditions.until,
    retire: (modelId) => void retired.add(modelId),
    revoke: (key) => void revoked.add(key),
    withoutReasoning: (modelId) => void simple.add(modelId),
    forgetInterference() {
      holds.releaseAll();
      faults.forget();
    },
    unref,
    close() {
      holds.releaseAll();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

const summary = (request: SeenRequest) => `\n  #${request.index} ${request.provider}/${request.model} turn ${request.turn}`;

async function visibleFileText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
