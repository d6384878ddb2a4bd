import { failure, type Outcome } from '../../domain/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ModelFailure, StreamingModels } from '../../ports/model.ts';
import { connectAnthropic } from './anthropic/anthropic.ts';
import { connectCompatible, connectGemini } from './chat/chat.ts';
import { connectOpenAI } from './openai/openai.ts';
import type { Endpoint, Provider } from './provider.ts';
import { withRetries } from './retry.ts';

/** The providers this version speaks to, each through its own SDK. */
const CONNECT: Readonly<Record<string, (endpoint: Endpoint) => Provider>> = {
  anthropic: connectAnthropic,
  openai: connectOpenAI,
  gemini: connectGemini,
  compatible: connectCompatible,
};

const VARIABLE: Readonly<Record<string, string>> = {
  anthropic: 'ANTHROPIC_API_KEY',
  openai: 'OPENAI_API_KEY',
  gemini: 'GEMINI_API_KEY',
  compatible: 'COMPATIBLE_BASE_URL',
};

export interface ModelsSetup {
  /** By the provider's name; null or missing: not configured. */
  readonly endpoints: Readonly<Record<string, Endpoint | null | undefined>>;
  readonly clock: Clock;
  /** Told of each repeated call; takes a pino logger's method. */
  readonly log?: (data: Readonly<Record<string, string | number>>, message: string) => void;
}

/** The models of all configured providers, routed by the part of `provider/model-id` before the first slash. */
export function createModels({ endpoints, clock, log }: ModelsSetup): StreamingModels {
  const providers = new Map(
    Object.entries(CONNECT).flatMap(([name, connect]) => {
      const endpoint = endpoints[name];
      return endpoint ? [[name, connect(endpoint)] as const] : [];
    }),
  );

  function route(model: string): Outcome<{ provider: Provider; id: string }, ModelFailure> {
    const slash = model.indexOf('/');
    const name = model.slice(0, slash);
    const provider = providers.get(name);
    return provider ? { ok: true, value: { provider, id: model.slice(slash + 1) } } : failure(unconfigured(model, name));
  }

  return {
    async turn(request, begun) {
      const routed = route(request.model);
      if (!routed.ok) return routed;
      const { provider, id } = routed.value;
      return withRetries(() => provider.ask(id, request, begun), {
        clock,
        random: Math.random,
        onWait: (trouble, attempt, wait_ms) =>
          log?.({ model: request.model, attempt, wait_ms, reason: trouble.failure.message }, 'model call failed, asking again'),
      });
    },
    async knows(model) {
      const routed = route(model);
      return routed.ok ? routed.value.provider.knows(routed.value.id) : 'unknown';
    },
  };
}

function unconfigured(model: string, name: string): ModelFailure {
  const variable = VARIABLE[name];
  const message = variable
    ? `${model} cannot be used: set ${variable}.`
    : `${model} cannot be used: there is no provider ${name}. The providers are: ${Object.keys(CONNECT).join(', ')}.`;
  return { kind: 'unconfigured', message };
}
