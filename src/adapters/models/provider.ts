import type { Turn } from '../../domain/model/conversation.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { ModelStanding, TurnRequest } from '../../ports/model.ts';
import type { ProviderError } from './provider-error.ts';

/** A provider's address and our key for it. */
export interface Endpoint {
  /** Null where a server needs no key. */
  readonly apiKey: string | null;
  readonly baseUrl: string;
}

/**
 * One provider's API behind one shape. It makes single attempts; `withRetries` repeats them. `id` is the model's name without the
 * provider.
 */
export interface Provider {
  /** A single attempt at a turn; `begun` is called when the prompt was read and the answer begins. Throws only for bugs. */
  ask(id: string, request: TurnRequest, begun: () => void): Promise<Outcome<Turn, ProviderError>>;
  knows(id: string): Promise<ModelStanding>;
}

/** Looking up a model is a database read at the provider. */
export const LOOKUP_TIMEOUT_MS = 10_000;
