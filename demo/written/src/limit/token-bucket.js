/**
 * A token bucket for each client: `capacity` requests at once, `refillPerSecond` on average.
 * Holds at most `maxClients` buckets and forgets the one that was used longest ago.
 */
export function createBuckets({ capacity, refillPerSecond, maxClients = 10_000 }) {
  for (const [name, value] of Object.entries({ capacity, refillPerSecond, maxClients })) {
    if (!(Number.isFinite(value) && value > 0)) throw new RangeError(`${name} must be a positive number, not ${value}`);
  }
  // A Map keeps the order of insertion: a bucket that is put back on every use makes the first one the oldest.
  const buckets = new Map();

  return {
    /** Takes one token for `key` at `nowMs`, in milliseconds. */
    take(key, nowMs) {
      const { tokens, at } = refilled(buckets.get(key), nowMs);
      const ok = tokens >= 1;
      buckets.delete(key);
      buckets.set(key, { tokens: ok ? tokens - 1 : tokens, at });
      if (buckets.size > maxClients) buckets.delete(buckets.keys().next().value);
      return ok ? { ok } : { ok, retryAfterSeconds: Math.max(1, Math.ceil((1 - tokens) / refillPerSecond)) };
    },
    get size() {
      return buckets.size;
    },
  };

  function refilled(bucket, nowMs) {
    if (bucket === undefined) return { tokens: capacity, at: nowMs };
    // A clock that was set back must neither take tokens away nor pay the same time out twice.
    const at = Math.max(bucket.at, nowMs);
    const tokens = Math.min(capacity, bucket.tokens + ((at - bucket.at) / 1000) * refillPerSecond);
    return { tokens, at };
  }
}
