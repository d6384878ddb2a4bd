import { NO_USAGE } from '../domain/model/usage.ts';
import type { Clock } from '../ports/clock.ts';
import type { Models, StreamingModels, TurnRequest } from '../ports/model.ts';
import type { PriceOf } from '../ports/prices.ts';

/** The longest of the lengths below which models cache nothing; a wait for a shorter prefix may be for nothing. Tokens. */
const SHORTEST_CACHED = 4_096;
const BYTES_PER_TOKEN = 4;
/** Providers forget what was not read for this long. Milliseconds. */
const CACHE_LIVES_MS = 5 * 60_000;
/** An answer that takes longer to begin is not waited for. Milliseconds. */
const LONGEST_WAIT_MS = 5_000;

export interface Surroundings {
  readonly clock: Clock;
  readonly priceOf: PriceOf;
}

/**
 * The same models, but of conversations that begin alike at the same moment one goes ahead, and the others begin when its answer does: they
 * then read what all share from the provider's cache instead of each writing it. Only where reading is known to be cheaper. The
 * memory is this process's; losing it costs money, nothing else.
 */
export function withCacheWarmUp(models: StreamingModels, { clock, priceOf }: Surroundings): Models {
  /** When an answer last began, by conversations that share a prefix; milliseconds since the epoch. */
  const begunAt = new Map<string, number>();
  const ahead = new Map<string, Promise<void>>();

  const isCold = (key: string): boolean => clock.now() - (begunAt.get(key) ?? Number.NEGATIVE_INFINITY) >= CACHE_LIVES_MS;

  function noteBegun(key: string): void {
    for (const known of begunAt.keys()) if (isCold(known)) begunAt.delete(known);
    begunAt.set(key, clock.now());
  }

  async function goAhead(key: string, request: TurnRequest): ReturnType<Models['turn']> {
    const { promise, resolve } = Promise.withResolvers<void>();
    ahead.set(key, promise);
    const letGo = (): void => {
      if (ahead.get(key) === promise) ahead.delete(key);
      resolve();
    };
    try {
      return await models.turn(request, () => {
        noteBegun(key);
        letGo();
      });
    } finally {
      // Whatever became of it, nobody waits for it any longer.
      letGo();
    }
  }

  return {
    ...models,
    async turn(request) {
      const key = `${request.model} ${request.cacheKey}`;
      if (isCold(key) && isWorthWaiting(request, priceOf)) {
        const other = ahead.get(key);
        if (!other) return goAhead(key, request);
        await Promise.race([other, clock.sleep(LONGEST_WAIT_MS)]);
      }
      return models.turn(request, () => noteBegun(key));
    },
  };
}

/** A conversation at its beginning, what it shares long enough to be cached, and a price that says that this pays. */
function isWorthWaiting({ model, system, tools, messages }: TurnRequest, priceOf: PriceOf): boolean {
  const [shared, own] = messages;
  if (shared?.role !== 'user' || own?.role !== 'user' || messages.some((m) => m.role === 'assistant')) return false;
  const tokens = Buffer.byteLength(system + JSON.stringify(tools) + shared.text) / BYTES_PER_TOKEN;
  if (tokens < SHORTEST_CACHED) return false;
  const read = priceOf(model, { ...NO_USAGE, cache_read: tokens });
  const written = priceOf(model, { ...NO_USAGE, cache_write: tokens });
  return read !== null && written !== null && read < written;
}
