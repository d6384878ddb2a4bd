import { NO_USAGE } from '../domain/model/usage.ts';
import type { Clock } from '../ports/clock.ts';
import type { Models, PayForRetry, StreamingModels, TurnRequest } from '../ports/model.ts';
import type { PriceOf } from '../ports/prices.ts';

/** Tokens. Each model has a minimum length of what it caches, at most this one: waiting for a shorter prefix may be pointless. */
const SHORTEST_CACHED = 4_096;
const BYTES_PER_TOKEN = 4;
/** Providers drop what was not read for this long. Milliseconds. */
const CACHE_LIVES_MS = 5 * 60_000;
/** How long others wait for the first answer to begin. Milliseconds. */
const LONGEST_WAIT_MS = 5_000;

export interface CacheWarmUpPorts {
  readonly clock: Clock;
  readonly priceOf: PriceOf;
}

/**
 * Wraps the models so that of several conversations that start with the same prefix at the same time one goes first, and the others
 * start when its answer begins: they then read the prefix from the provider's cache instead of each writing it. Only where reading
 * is known to be cheaper. What is remembered here belongs to this process; losing it costs money, nothing else.
 */
export function withCacheWarmUp(models: StreamingModels, { clock, priceOf }: CacheWarmUpPorts): Models {
  /** When an answer last began, by the key of the shared prefix; milliseconds since the epoch. */
  const begunAt = new Map<string, number>();
  const leaders = new Map<string, Promise<void>>();

  const isCold = (key: string): boolean => clock.now() - (begunAt.get(key) ?? Number.NEGATIVE_INFINITY) >= CACHE_LIVES_MS;

  function noteBegun(key: string): void {
    for (const known of begunAt.keys()) if (isCold(known)) begunAt.delete(known);
    begunAt.set(key, clock.now());
  }

  async function lead(key: string, request: TurnRequest, payForRetry?: PayForRetry): ReturnType<Models['turn']> {
    const { promise, resolve } = Promise.withResolvers<void>();
    leaders.set(key, promise);
    const release = (): void => {
      if (leaders.get(key) === promise) leaders.delete(key);
      resolve();
    };
    try {
      const begun = () => {
        noteBegun(key);
        release();
      };
      return await models.turn(request, begun, payForRetry);
    } finally {
      // However the call ended, the others must not wait for it any longer.
      release();
    }
  }

  return {
    ...models,
    async turn(request, payForRetry) {
      const key = `${request.model} ${request.cacheKey}`;
      if (isCold(key) && isWorthWaiting(request, priceOf)) {
        const other = leaders.get(key);
        if (!other) return lead(key, request, payForRetry);
        await Promise.race([other, clock.sleep(LONGEST_WAIT_MS)]);
      }
      return models.turn(request, () => noteBegun(key), payForRetry);
    },
  };
}

/** Whether this is the start of a conversation whose prefix is long enough to be cached, at prices that make reading it cheaper. */
function isWorthWaiting({ model, system, tools, messages }: TurnRequest, priceOf: PriceOf): boolean {
  const [shared, own] = messages;
  if (shared?.role !== 'user' || own?.role !== 'user' || messages.some((m) => m.role === 'assistant')) return false;
  const tokens = Buffer.byteLength(system + JSON.stringify(tools) + shared.text) / BYTES_PER_TOKEN;
  if (tokens < SHORTEST_CACHED) return false;
  const read = priceOf(model, { ...NO_USAGE, cache_read: tokens });
  const written = priceOf(model, { ...NO_USAGE, cache_write: tokens });
  return read !== null && written !== null && read < written;
}
