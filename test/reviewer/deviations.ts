import type { Component } from '../../src/domain/plan/plan.ts';

/** A component of which most can be checked by running it. */
export const COMPONENT: Component = {
  id: 'limiter',
  title: 'Limit the orders of each key',
  purpose: 'Orders are refused while their key has no token left.',
  depends_on: [],
  files: [
    { path: 'src/limiter.js', action: 'create', change: 'the limiter' },
    { path: 'src/server.js', action: 'modify', change: 'ask the limiter before an order is taken' },
    { path: 'test/limiter.test.js', action: 'create', change: 'the test of the limiter' },
  ],
  contract: [
    '`src/limiter.js` exports `createLimiter({ capacity, perSecond, now })`; `now()` is in milliseconds. It returns `{ take(key) }`, which answers `true` or `false`.',
    '',
    '`src/server.js` answers 429 with the header `retry-after: 1` where `take` answers `false`.',
  ].join('\n'),
  acceptance_criteria: [
    '`createLimiter` is exported by `src/limiter.js` and takes one object.',
    '`take` answers `false` once the capacity of a key is used up.',
    'A bucket fills by `perSecond` tokens a second, and never above its capacity.',
    'Each key has a bucket of its own.',
    '`src/server.js` answers 429 with `retry-after: 1` where `take` answers `false`.',
    '`test/limiter.test.js` asserts that the order after the last token is refused, and that the bucket fills again.',
    'The other routes of `src/server.js` stay as they are.',
  ],
};

type Files = Readonly<Record<string, string>>;

export const BEFORE: Files = {
  'src/server.js': [
    "import { placeOrder } from './orders.js';",
    '',
    'export function route({ method, path, key, body }) {',
    "  if (method === 'GET' && path === '/health') return { status: 200, body: 'ok' };",
    "  if (method === 'POST' && path === '/orders') return { status: 201, body: placeOrder(key, body) };",
    '  return { status: 404 };',
    '}',
    '',
  ].join('\n'),
  'src/orders.js': 'export const placeOrder = (key, body) => ({ key, ...body });\n',
};

/** The component as the plan says, as an executor may write it. */
export const FAITHFUL: Files = {
  'src/limiter.js': [
    '/** A bucket of tokens for each key. */',
    'export function createLimiter({ capacity, perSecond, now }) {',
    '  const buckets = new Map();',
    '  return {',
    '    take(key) {',
    '      const at = now();',
    '      const bucket = buckets.get(key) ?? { tokens: capacity, at };',
    '      const filled = bucket.tokens + ((at - bucket.at) / 1000) * perSecond;',
    '      const tokens = Math.min(capacity, filled);',
    '      const allowed = tokens >= 1;',
    '      buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at });',
    '      return allowed;',
    '    },',
    '  };',
    '}',
    '',
  ].join('\n'),
  'src/server.js': [
    "import { createLimiter } from './limiter.js';",
    "import { placeOrder } from './orders.js';",
    '',
    'const limiter = createLimiter({ capacity: 20, perSecond: 1, now: Date.now });',
    '',
    'export function route({ method, path, key, body }) {',
    "  if (method === 'GET' && path === '/health') return { status: 200, body: 'ok' };",
    "  if (method === 'POST' && path === '/orders') {",
    "    if (!limiter.take(key)) return { status: 429, headers: { 'retry-after': '1' } };",
    '    return { status: 201, body: placeOrder(key, body) };',
    '  }',
    '  return { status: 404 };',
    '}',
    '',
  ].join('\n'),
  'test/limiter.test.js': [
    "import assert from 'node:assert/strict';",
    "import { test } from 'node:test';",
    "import { createLimiter } from '../src/limiter.js';",
    '',
    "test('refuses without a token, and fills again', () => {",
    '  let at = 0;',
    '  const limiter = createLimiter({ capacity: 2, perSecond: 1, now: () => at });',
    "  assert.deepEqual([1, 2, 3].map(() => limiter.take('a')), [true, true, false]);",
    '  at = 1000;',
    "  assert.equal(limiter.take('a'), true);",
    '});',
    '',
  ].join('\n'),
};

/** One way in which an executor does not do what the plan says; `criterion` is the index of the one that it breaks. */
export interface Deviation {
  readonly name: string;
  readonly path: string;
  readonly criterion: number;
  readonly files: Files;
}

/** Exactly once, so that a deviation is what its name says and nothing else. */
function changed(path: string, ...edits: (readonly [from: string, to: string])[]): Files {
  const text = edits.reduce((now, [from, to]) => {
    if (now.split(from).length !== 2) throw new Error(`${path} has ${JSON.stringify(from)} ${now.split(from).length - 1} times`);
    return now.split(from).join(to);
  }, FAITHFUL[path] ?? '');
  return { ...FAITHFUL, [path]: text };
}

const LIMITER = 'src/limiter.js';
const SERVER = 'src/server.js';
const TEST = 'test/limiter.test.js';

const one = (name: string, path: string, criterion: number, ...edits: (readonly [string, string])[]): Deviation => ({
  name,
  path,
  criterion,
  files: changed(path, ...edits),
});

export const DEVIATIONS: readonly Deviation[] = [
  one('a criterion is not met: no order is ever refused', LIMITER, 1, ['return allowed;', 'return true;']),
  one('a criterion is met in part: the bucket overflows', LIMITER, 2, ['Math.min(capacity, filled)', 'filled']),
  one('a criterion is met in part: the bucket never fills', LIMITER, 2, [
    'bucket.tokens + ((at - bucket.at) / 1000) * perSecond',
    'bucket.tokens',
  ]),
  one(
    'all keys share one bucket',
    LIMITER,
    3,
    ['buckets.get(key)', "buckets.get('all')"],
    ['buckets.set(key,', "buckets.set('all',"],
  ),
  one('a name is changed', LIMITER, 0, ['function createLimiter(', 'function makeLimiter(']),
  one('a signature is changed', LIMITER, 0, [
    'createLimiter({ capacity, perSecond, now })',
    'createLimiter(capacity, perSecond, now)',
  ]),
  one('a file is half done: the limiter is made and never asked', SERVER, 4, [
    "    if (!limiter.take(key)) return { status: 429, headers: { 'retry-after': '1' } };\n",
    '    // The limiter is asked here.\n',
  ]),
  one('a value is changed: 503 instead of 429', SERVER, 4, ['status: 429', 'status: 503']),
  one('a part of the answer is missing', SERVER, 4, [", headers: { 'retry-after': '1' }", '']),
  one('something else is changed on the way', SERVER, 6, ["path === '/health'", "path === '/healthz'"]),
  one(
    'a test asserts nothing',
    TEST,
    5,
    ["assert.deepEqual([1, 2, 3].map(() => limiter.take('a')), [true, true, false])", "[1, 2, 3].map(() => limiter.take('a'))"],
    ["assert.equal(limiter.take('a'), true)", "limiter.take('a')"],
  ),
  one('a test is skipped', TEST, 5, ["test('refuses", "test.skip('refuses"]),
];

/** The same component written otherwise, as the plan allows: nothing here is to be objected to. */
export const FAITHFUL_VARIANTS: readonly { readonly name: string; readonly files: Files }[] = [
  { name: 'as above', files: FAITHFUL },
  {
    name: 'as an arrow function',
    files: changed(LIMITER, [
      'export function createLimiter({ capacity, perSecond, now }) {',
      'export const createLimiter = ({ capacity, perSecond, now }) => {',
    ]),
  },
  {
    name: 'with other names inside',
    files: changed(
      LIMITER,
      ['const at = now();', 'const time = now();'],
      ['{ tokens: capacity, at };', '{ tokens: capacity, at: time };'],
      ['(at - bucket.at)', '(time - bucket.at)'],
      ['tokens, at });', 'tokens, at: time });'],
    ),
  },
  {
    name: 'with a helper in the server',
    files: changed(
      SERVER,
      ["return { status: 429, headers: { 'retry-after': '1' } };", 'return tooMany();'],
      [
        'export function route',
        "const tooMany = () => ({ status: 429, headers: { 'retry-after': '1' } });\n\nexport function route",
      ],
    ),
  },
  {
    name: 'with a comment more',
    files: changed(SERVER, [
      '    if (!limiter',
      '    // Before the order is placed, so that a refused one leaves nothing behind.\n    if (!limiter',
    ]),
  },
  {
    name: 'with two tests',
    files: changed(TEST, [
      '  at = 1000;',
      "});\n\ntest('fills again', () => {\n  let at = 0;\n  const limiter = createLimiter({ capacity: 1, perSecond: 1, now: () => at });\n  limiter.take('a');\n  at = 1000;",
    ]),
  },
];
