import { type Anthropic, NotFoundError } from '@anthropic-ai/sdk';
import { LOOKUP_TIMEOUT_MS } from '../provider.ts';

/** What a model takes: sending it a parameter it does not know is a 400. */
export interface Limits {
  readonly adaptiveThinking: boolean;
  readonly effort: boolean;
  readonly maxOutputTokens: number;
}

/** What current models take; for servers that tell nothing about their models. */
const CURRENT: Limits = { adaptiveThinking: true, effort: true, maxOutputTokens: Number.POSITIVE_INFINITY };

/** Asks the API once per model, so that no list of models is needed here. Never fails: when in doubt a model is a current one. */
export function modelLimits(client: Anthropic): (id: string) => Promise<Limits> {
  const known = new Map<string, Limits>();
  return async (id) => {
    const before = known.get(id);
    if (before) return before;
    try {
      const { capabilities, max_tokens } = await client.models.retrieve(id, null, { timeout: LOOKUP_TIMEOUT_MS });
      const limits = {
        adaptiveThinking: capabilities?.thinking.types.adaptive.supported ?? CURRENT.adaptiveThinking,
        effort: capabilities?.effort.supported ?? CURRENT.effort,
        maxOutputTokens: max_tokens ?? CURRENT.maxOutputTokens,
      };
      known.set(id, limits);
      return limits;
    } catch (error) {
      // A gateway without this route will not grow it; any other trouble may pass, so the next turn asks again.
      if (error instanceof NotFoundError) known.set(id, CURRENT);
      return CURRENT;
    }
  };
}
