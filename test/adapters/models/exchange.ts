import nock from 'nock';
import { createModels } from '../../../src/adapters/models/models.ts';
import { PROVIDERS, type Provider } from '../../../src/domain/model/providers.ts';
import type { PayForRetry, TurnRequest } from '../../../src/ports/model.ts';
import { recordingClock } from './recording-clock.ts';

/** The addresses of the real services, and of a server of the operator's. */
export const addressOf = (provider: Provider): string => PROVIDERS[provider].baseUrl ?? 'http://models.example:8000/v1';
export const keyOf = (provider: Provider): string => `planted-${provider}-key-0123456789`;
const MODEL = 'some-model';

const PATHS: Readonly<Record<Provider, string>> = {
  anthropic: '/v1/messages',
  openai: '/responses',
  gemini: '/chat/completions',
  compatible: '/chat/completions',
};

const REQUEST: Omit<TurnRequest, 'model'> = {
  effort: 'low',
  system: 'You are an architect.',
  tools: [{ name: 'get_weather', description: 'The weather.', schema: { type: 'object', properties: {} } }],
  messages: [{ role: 'user', text: 'Plan it.' }],
  cacheKey: 'plan-7',
  maxOutputTokens: 1_000,
};

/** A provider's answer as it goes over the wire. A function sees the request; its text is the body. */
export interface Reply {
  readonly status: number;
  readonly body?: string | ((request: string) => string);
  readonly headers?: Readonly<Record<string, string>>;
  /** The connection is lost instead, each time. */
  readonly lost?: boolean;
}

const JSON_TYPE = { 'content-type': 'application/json' };

export const events = (...data: readonly (object | string)[]): Reply => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream' },
  body: data
    .map((one) => {
      const name = typeof one === 'object' && 'type' in one ? `event: ${one.type}\n` : '';
      return `${name}data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`;
    })
    .join(''),
});

/** One turn of the real adapter with a service that gives these replies in order, the last of them for ever. */
export const exchange = (provider: Provider, ...replies: readonly [Reply, ...Reply[]]) =>
  exchangePaidBy(undefined, provider, replies);

/** The same, where each attempt that breaks off is paid for in this way before the next. */
export async function exchangePaidBy(
  payForRetry: PayForRetry | undefined,
  provider: Provider,
  replies: readonly [Reply, ...Reply[]],
) {
  const address = new URL(addressOf(provider));
  const base = address.pathname === '/' ? '' : address.pathname;
  const requests: { readonly headers: Readonly<Record<string, string>>; readonly body: string }[] = [];
  const scope = nock(address.origin);
  // What an adapter may ask about the model on the way.
  const models = { data: [{ id: MODEL, object: 'model' }] };
  scope.get(`${base}/models`).reply(200, models).persist();
  scope.get(`${base}/models/${MODEL}`).reply(200, models.data[0]).persist();
  scope.get(`/v1/models/${MODEL}`).reply(200, { id: MODEL, type: 'model' }).persist();
  const asked = scope.post(`${base}${PATHS[provider]}`);
  if (replies[0].lost) asked.replyWithError('socket hang up').persist();
  else
    asked
      .reply(async (request: Request) => {
        const seen = { headers: Object.fromEntries(request.headers), body: await request.text() };
        const { status, body, headers = JSON_TYPE } = replies[requests.length] ?? (replies.at(-1) as Reply);
        requests.push(seen);
        return [status, typeof body === 'function' ? body(JSON.stringify(seen)) : (body ?? ''), headers];
      })
      .persist();
  const clock = recordingClock();
  const logged: object[] = [];
  const all = createModels({
    endpoints: { [provider]: { apiKey: keyOf(provider), baseUrl: addressOf(provider) } },
    clock,
    log: (data, message) => logged.push({ ...data, message }),
  });
  const outcome = await all.turn({ ...REQUEST, model: `${provider}/${MODEL}` }, () => {}, payForRetry);
  return { outcome, requests, logged, waits: clock.waits };
}
