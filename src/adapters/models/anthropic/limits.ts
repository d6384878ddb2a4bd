import { type Anthropic, NotFoundError } from '@anthropic-ai/sdk';
import { LOOKUP_TIMEOUT_MS } from '../provider.ts';

/** What a model accepts: a parameter that it does not know is a 400. */
export interface Limits {
  readonly adaptiveThinking: boolean;
  readonly effort: boolean;
  readonly maxOutputTokens: number;
}

/** What current models accept, for servers that report nothing about their models. */
const CURRENT: Limits = { adaptiveThinking: true, effort: true, maxOutputTokens: Number.POSITIVE_INFINITY };

/**
 * Queries the API once per model, so that no list of models is needed here. Never fails: without an answer the model counts as
 * current.
 */
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
      // A gateway without this route will not get it later. Any other error may be temporary, so the next turn queries again.
      if (error instanceof NotFoundError) known.set(id, CURRENT);
      return CURRENT;
    }
  };
}
