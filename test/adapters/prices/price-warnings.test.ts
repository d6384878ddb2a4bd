import { readFileSync } from 'node:fs';
import type { Model } from '@anthropic-ai/sdk/resources/messages';
import { expect, test } from '@jest/globals';
import { priceWarnings } from '../../../src/adapters/prices/price-warnings.ts';
import { PRICE_LIBRARY, SHIPPED_PRICES } from '../../../src/adapters/prices/shipped-prices.ts';
import { DEFAULT_MODELS } from '../../../src/settings/environment/environment.ts';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const DAY = 86_400_000;
const HAIKU = 'anthropic/claude-haiku-5-5';
const OPUS = 'anthropic/claude-opus-5-5';

test('an assumed price is named, with what is assumed', () => {
  expect(priceWarnings([HAIKU], [SHIPPED_PRICES], NOW)).toEqual([
    'The price of anthropic/claude-haiku-5-5 is partly assumed: the price of cache reads above 100,000 prompt tokens, which is taken to be a tenth of the input price as it is below. PRICES_FILE overrides it',
  ]);
});

test('a price is old after 90 days', () => {
  const read = Date.parse(PRICE_LIBRARY.date);
  expect(priceWarnings([OPUS], [SHIPPED_PRICES], read + 90 * DAY)).toEqual([]);
  expect(priceWarnings([OPUS, OPUS], [SHIPPED_PRICES], read + 91 * DAY)).toEqual([
    `The price of anthropic/claude-opus-5-5 was read 91 days ago (${PRICE_LIBRARY.date}, the price library ${PRICE_LIBRARY.version}). PRICES_FILE overrides it`,
  ]);
});

test('a price of the operator is old only when they dated it', () => {
  const own = { [HAIKU]: { input: 1, output: 1 }, [OPUS]: { input: 1, output: 1, date: '2026-01-01' } };
  expect(priceWarnings([HAIKU, OPUS], [SHIPPED_PRICES, own], NOW)).toEqual([
    'The price of anthropic/claude-opus-5-5 was read 332 days ago (2026-01-01). PRICES_FILE overrides it',
  ]);
});

test('an unknown price is named', () => {
  expect(priceWarnings(['compatible/llama'], [SHIPPED_PRICES], NOW)).toEqual([
    expect.stringContaining('compatible/llama is unknown'),
  ]);
});

test('the date of the price library is that of the version in use', () => {
  const { dependencies } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  expect(dependencies['@pydantic/genai-prices']).toBe(PRICE_LIBRARY.version);
});

/** The ids that the SDK lists by name; its `Model` also takes any other string. */
type Listed<T> = T extends unknown ? (string extends T ? never : T) : never;

// Checked by the compiler: an id that the SDK no longer lists is an error here.
const LISTED = {
  'anthropic/claude-opus-5-5': 'claude-opus-5-5',
  'anthropic/claude-haiku-5-5': 'claude-haiku-5-5',
} as const satisfies Record<string, Listed<Model>>;

test('both default models are listed by the SDK', () => {
  expect(Object.keys(LISTED).sort()).toEqual(Object.values(DEFAULT_MODELS).sort());
});
