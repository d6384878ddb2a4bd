import type { Turn } from '../../domain/model/conversation.ts';
import {
  isProvider,
  PROVIDER_NAMES,
  PROVIDERS,
  type ProviderApi,
  type Provider as ProviderName,
  variableFor,
} from '../../domain/model/providers.ts';
import type { Charge } from '../../domain/model/usage.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { Backoff, Clock } from '../../ports/clock.ts';
import { type ModelFailure, type StreamingModels, TURN_RETRIES } from '../../ports/model.ts';
import type { Pauses } from '../../ports/shared-memory.ts';
import { SILENT, type Telemetry } from '../../ports/telemetry.ts';
import { createRedactor, type Redactor } from '../../text/redaction/redactor.ts';
import type { Endpoint, Provider } from './provider.ts';
import type { ProviderError } from './provider-error.ts';
import { withRetries } from './retry.ts';

/**
 * The adapter of each API, imported when it is first used: a provider's SDK has hundreds of modules, and most operators use one
 * provider. The table of providers says which provider speaks which API.
 */
const CONNECT: Readonly<Record<ProviderApi, (endpoint: Endpoint) => Promise<Provider>>> = {
  'anthropic-messages': async (endpoint) => (await import('./anthropic/anthropic.ts')).connectAnthropic(endpoint),
  'openai-responses': async (endpoint) => (await import('./openai/openai.ts')).connectOpenAI(endpoint),
  'gemini-chat': async (endpoint) => (await import('./chat/chat.ts')).connectGemini(endpoint),
  'chat-completions': async (endpoint) => (await import('./chat/chat.ts')).connectCompatible(endpoint),
};

/** Where a provider is, and the key for it. */
interface ConfiguredEndpoint {
  /** Null where a server needs no key. */
  readonly apiKey: string | null;
  /** Null or missing: the provider's own. */
  readonly baseUrl?: string | null;
}

export interface ModelsSetup {
  /** By the provider's name; null or missing: not configured. */
  readonly endpoints: Readonly<Record<string, ConfiguredEndpoint | null | undefined>>;
  readonly clock: Clock;
  /** Called for each call that went wrong; a pino logger's method fits. */
  readonly log?: (data: Readonly<Record<string, string | number>>, message: string) => void;
  /** Between the attempts at one turn. */
  readonly retries?: Backoff;
  /** Applied to providers' messages. Unset: a redactor that knows the keys of the endpoints. */
  readonly redact?: Redactor;
  /** Of several processes that use the same keys. */
  readonly pauses?: Pauses | null;
  /** Told of each request. */
  readonly telemetry?: Telemetry;
}

/** Characters of a provider's message that are read and logged; it may be a whole page of HTML. */
const LOGGED = { read: 20_000, kept: 300 };

/** The models of all configured providers, routed by the part of `provider/model-id` before the first slash. */
export function createModels(setup: ModelsSetup): StreamingModels {
  const { endpoints, clock, log, retries = TURN_RETRIES, redact: given, pauses = null, telemetry = SILENT } = setup;
  const redact = given ?? createRedactor(Object.values(endpoints).map((endpoint) => endpoint?.apiKey));
  const connected = new Map<ProviderName, Promise<Provider>>();

  function connect(name: ProviderName): Promise<Provider> | null {
    const endpoint = endpoints[name];
    const baseUrl = endpoint?.baseUrl ?? PROVIDERS[name].baseUrl;
    if (!endpoint || baseUrl === null) return null;
    const provider = connected.get(name) ?? CONNECT[PROVIDERS[name].api]({ apiKey: endpoint.apiKey, baseUrl });
    connected.set(name, provider);
    return provider;
  }

  async function route(model: string): Promise<Outcome<{ provider: Provider; id: string }, ModelFailure>> {
    const slash = model.indexOf('/');
    const name = model.slice(0, slash);
    const provider = isProvider(name) ? await connect(name) : null;
    return provider ? { ok: true, value: { provider, id: model.slice(slash + 1) } } : failure(unconfigured(model, name));
  }

  /** Only the operator sees the provider's message, because an error may quote the request and the key in it. */
  function logRefusal(model: string, { status, said }: ProviderError): void {
    if (status === null) return;
    const provider_says = said === null ? '' : redact(said.slice(0, LOGGED.read)).replace(/\s+/g, ' ').trim();
    log?.({ model, status, provider_says: provider_says.slice(0, LOGGED.kept).toWellFormed() }, 'the provider refused a call');
  }

  return {
    async turn(request, begun, payForRetry) {
      const routed = await route(request.model);
      if (!routed.ok) return routed;
      const { provider, id } = routed.value;
      // Providers limit each model by itself, so that a fallback of the same provider is asked at once.
      const key = `model ${request.model}`;
      const unfinished: Charge[] = [];
      const ask = async () => {
        const began = performance.now();
        const outcome = await provider.ask(id, request, begun);
        const failed = outcome.ok ? null : outcome.reason.failure.kind;
        telemetry.report({ kind: 'model_request', model: request.model, ms: performance.now() - began, failure: failed });
        if (!outcome.ok) logRefusal(request.model, outcome.reason);
        if (!outcome.ok && outcome.reason.billed) unfinished.push({ model: request.model, usage: outcome.reason.billed });
        return outcome;
      };
      const outcome = await withRetries(ask, {
        clock,
        retries,
        random: Math.random,
        payForRetry,
        pause: pauses && { until: () => pauses.until(key), set: (until) => pauses.pause(key, until) },
        onWait: (error, attempt, wait_ms) =>
          log?.({ model: request.model, attempt, wait_ms, reason: error.failure.message }, 'model call failed, trying again'),
      });
      return unfinished.length === 0 ? outcome : withCharges(outcome, unfinished);
    },
    async knows(model) {
      const routed = await route(model);
      return routed.ok ? routed.value.provider.knows(routed.value.id) : 'unknown';
    },
  };
}

const withCharges = (outcome: Outcome<Turn, ModelFailure>, unfinished: readonly Charge[]): typeof outcome =>
  outcome.ok ? success({ ...outcome.value, unfinished }) : failure({ ...outcome.reason, unfinished });

function unconfigured(model: string, name: string): ModelFailure {
  const message = isProvider(name)
    ? `${model} cannot be used: set ${variableFor(name)}.`
    : `${model} cannot be used: there is no provider \`${name}\`; the providers are ${PROVIDER_NAMES.join(', ')}.`;
  return { kind: 'unconfigured', message };
}
