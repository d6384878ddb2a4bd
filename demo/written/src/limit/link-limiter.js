import { clientKey } from './client-key.js';

/** Asks for one request, with the time it is asked: may its client create another link? Answers as `buckets.take` does. */
export const linkLimiter =
  ({ buckets, trustedProxies, now }) =>
  (request) =>
    buckets.take(clientKey(request, { trustedProxies }), now());
