import type { Component, Plan } from '../../src/domain/plan/plan.ts';

const tokenBucket: Component = {
  id: 'token-bucket',
  title: 'Add a token bucket for each client',
  purpose:
    'Decide, for a client and a point in time, whether one more request fits, and if not, how long it takes until one does. Knows nothing of HTTP.',
  depends_on: [],
  files: [
    { path: 'src/limit/token-bucket.js', action: 'create', change: 'createBuckets' },
    { path: 'test/token-bucket.test.js', action: 'create', change: 'burst, refill, clock, eviction and wrong numbers' },
  ],
  contract: `\`createBuckets({ capacity, refillPerSecond, maxClients = 10_000 })\` returns \`{ take, size }\`.

\`take(key, nowMs)\` takes one token of the bucket of \`key\` and returns \`{ ok: true }\`, or takes nothing and returns \`{ ok: false, retryAfterSeconds }\`:

- A key not seen before has a full bucket of \`capacity\` tokens.
- Tokens come back continuously, \`refillPerSecond\` per second, up to \`capacity\`; fractions are kept.
- \`retryAfterSeconds\` is a whole number, rounded up, at least 1. A client that waits that long gets its token.
- A \`nowMs\` before the last one of that key counts as no time passed; time never pays out twice.

\`size\` is the number of buckets held. It never exceeds \`maxClients\`: the bucket used longest ago is forgotten.

Throws \`RangeError\` naming the argument when one of the three is not a positive finite number.`,
  acceptance_criteria: [
    'With capacity 3, exactly 3 of 4 calls in the same millisecond are allowed.',
    'A refused call costs nothing: after the time it was told, the client is allowed.',
    'Setting the clock back neither takes nor gives a token.',
    'With maxClients 2 and the calls a, b, a, c, the bucket of b is the one forgotten.',
  ],
};

const clientKey: Component = {
  id: 'client-key',
  title: 'Tell clients apart behind a proxy',
  purpose:
    'Say whom a request is to be counted against. This is where a limiter is usually fooled, so it is a unit of its own with nothing but this in it.',
  depends_on: [],
  files: [
    { path: 'src/limit/client-key.js', action: 'create', change: 'clientKey' },
    { path: 'test/client-key.test.js', action: 'create', change: 'proxies, forged headers, IPv6 and missing addresses' },
  ],
  contract: `\`clientKey(request, { trustedProxies })\` takes a Node \`IncomingMessage\` and returns a string.

- \`trustedProxies\` 0: the address of the socket; \`X-Forwarded-For\` is not looked at.
- \`trustedProxies\` n: the n-th entry of \`X-Forwarded-For\` **from the right**. Entries further left were sent by the client.
- An entry that is missing or is not an IP address: the address of the socket.
- \`::ffff:203.0.113.7\` is the client \`203.0.113.7\`.
- Any other IPv6 address stands for its /64, in lower case without leading zeros: \`2001:db8:1:2::/64\`.
- No address at all (the socket is gone): \`unknown\`.`,
  acceptance_criteria: [
    'Behind one proxy, a made-up first entry in X-Forwarded-For does not change the key.',
    'Two addresses of one IPv6 /64 have the same key.',
    'A header that is no address falls back to the socket instead of becoming a key.',
  ],
};

const limitLinks: Component = {
  id: 'limit-links',
  title: 'Answer 429 to clients that make links too fast',
  purpose: 'Put the two together in front of `POST /links`, with the limits as settings. Following links stays as it is.',
  depends_on: ['token-bucket', 'client-key'],
  files: [
    { path: 'src/limit/link-limiter.js', action: 'create', change: 'linkLimiter, which joins the bucket and the key' },
    { path: 'src/app.js', action: 'modify', change: 'ask the limiter before the body of POST /links is read' },
    { path: 'src/server.js', action: 'modify', change: 'build the limiter from the environment' },
    { path: 'README.md', action: 'modify', change: 'the answer 429 and the three settings' },
    { path: 'test/limit.test.js', action: 'create', change: 'the limit over HTTP' },
  ],
  contract: `\`linkLimiter({ buckets, trustedProxies, now })\` returns \`limiter(request)\`, which answers as \`buckets.take\` does; \`now\` is a function that returns milliseconds.

\`createApp({ links, baseUrl, limiter })\`: \`limiter\` may be left out, and then nothing is limited. It is asked once for each \`POST /links\`, before the body is read, so a refused request costs no parsing and a bad one counts as well.

The answer when refused: status 429, header \`Retry-After: N\`, body \`{ "error": "too_many_links", "retry_after_seconds": N }\`.

\`src/server.js\` reads, with these defaults:

- \`LIMIT_BURST\`, 30: links a client may make at once
- \`LIMIT_PER_MINUTE\`, 10: links a client may make in the long run
- \`TRUSTED_PROXIES\`, 0: how many proxies append to \`X-Forwarded-For\`; 1 in production`,
  acceptance_criteria: [
    'The 31st link in one burst gets 429 and a Retry-After; after that many seconds the next link is made.',
    'Another client is not affected, and GET is never refused.',
    'The README names the answer and all three settings.',
    'The existing tests pass unchanged.',
  ],
};

export const PLAN: Plan = {
  title: 'Limit how fast one client can make links',
  overview:
    'Each client gets a token bucket: a burst at once, then a steady rate. Who a client is comes from the address, read in a way that a client cannot forge. The limiter is asked before a `POST /links` is read, and a refusal says how long to wait. Following links never meets it, and everything lives in the memory of the one process hop is.',
  constraints: [
    'No runtime dependency (AGENTS.md).',
    'Time is passed in; only src/server.js reads the clock and the environment (AGENTS.md).',
    'Answers that exist today do not change.',
  ],
  components: [tokenBucket, clientKey, limitLinks],
  data_flow: [
    { from: 'nginx', to: 'limit-links', what: 'POST /links' },
    { from: 'limit-links', to: 'client-key', what: 'request' },
    { from: 'limit-links', to: 'token-bucket', what: 'take(key, now)' },
    { from: 'limit-links', to: 'links', what: 'allowed request' },
  ],
  edge_cases: [
    {
      case: 'A client writes its own X-Forwarded-For',
      handling: 'Only entries appended by trusted proxies are read, counted from the right',
      component: 'client-key',
    },
    {
      case: 'One machine with 2^64 IPv6 addresses',
      handling: 'The whole /64 is one client',
      component: 'client-key',
    },
    {
      case: 'A script with a new address for every request',
      handling: 'At most 10,000 buckets are held; the one used longest ago goes',
      component: 'token-bucket',
    },
    {
      case: 'The clock is set back',
      handling: 'Counts as no time passed',
      component: 'token-bucket',
    },
    {
      case: 'LIMIT_BURST=0 or a word',
      handling: 'hop does not start; the RangeError names the argument',
      component: 'token-bucket',
    },
  ],
  implementation_order: [
    { component: 'token-bucket', rationale: 'Needs nothing; the rule everything else applies.' },
    { component: 'client-key', rationale: 'Needs nothing either; can be built and reviewed alongside the first.' },
    { component: 'limit-links', rationale: 'Joins the two and is the only one that changes what clients see.' },
  ],
  trade_offs: [
    {
      decision: 'A token bucket',
      alternatives: ['A fixed window of one minute', 'A sliding log of times'],
      reason:
        'A window lets twice the limit through at its edge; a log needs memory for every request. A bucket is two numbers a client.',
    },
    {
      decision: 'In memory',
      alternatives: ['Redis', 'limit_req in nginx'],
      reason:
        'hop is one process without dependencies. nginx could do it, but the issue asks for an answer that says how long to wait.',
    },
    {
      decision: 'Forget the oldest bucket when there are too many',
      alternatives: ['A timer that sweeps idle buckets'],
      reason:
        'A sweep bounds memory only between two sweeps, and needs a clock of its own. A forgotten client has a full bucket, as a new one has.',
    },
  ],
  risks: [
    {
      risk: 'An office behind one address shares one bucket.',
      mitigation: 'Only making links is limited, and the burst covers a pasted list; LIMIT_BURST can be raised.',
    },
    {
      risk: 'TRUSTED_PROXIES left at 0 behind nginx makes everybody one client.',
      mitigation: 'The README says 1 for production. The wrong way round (too many) would be worse: keys could be forged.',
    },
    {
      risk: 'Several processes would each allow the full rate.',
      mitigation: 'There is one today; take() is the seam for a shared store.',
    },
  ],
  open_questions: [
    {
      question: 'Should clients inside the house be exempt?',
      assumption: 'No; they get the same burst as everybody.',
    },
  ],
};

/** The plan before its self-review: sound, but silent on the likeliest mistake in a deployment. */
export const DRAFT_PLAN: Plan = {
  ...PLAN,
  risks: PLAN.risks.filter(({ risk }) => !risk.startsWith('TRUSTED_PROXIES')),
  trade_offs: PLAN.trade_offs.filter(({ decision }) => !decision.startsWith('Forget')),
};

/** The planner's first try: two independent components would both write the README, so they could not be merged in any order. */
export const UNSOUND_PLAN: Plan = {
  ...DRAFT_PLAN,
  components: DRAFT_PLAN.components.map((c) =>
    c === limitLinks ? c : { ...c, files: [...c.files, { path: 'README.md', action: 'modify', change: 'what it does' }] },
  ),
};
