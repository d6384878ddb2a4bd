import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { PROVIDER_NAMES } from '../../src/domain/model/providers.ts';
import { parseSettings } from '../../src/settings/repository-settings.ts';
import { runs } from '../support/runs.ts';

/**
 * The published schema, judged by a validator that knows nothing of ours, and the program must accept the same files: an editor that is
 * content with what the program refuses sends people into a failing check, and one that complains about what works makes them distrust
 * both. What only the operator can know (which models may be chosen) is in no schema, so here everything may be.
 */
const operator = { planner: 'anthropic/deep', executor: 'anthropic/fast', allowed: ['*'], providers: PROVIDER_NAMES };
const published = JSON.parse(readFileSync('schema/planwright.schema.json', 'utf8'));
/** An empty file, which is null, is tried elsewhere. */
const mapping: Node = { ...published, type: 'object' };
const validate = new Ajv({ allErrors: false }).compile(published);

const accepts = (value: unknown): { readonly schema: boolean; readonly program: boolean } => ({
  schema: validate(value),
  program: problems(value).length === 0,
});

/** That one label both starts a task and keeps it from starting is more than a schema can say. */
function problems(value: unknown): readonly string[] {
  const parsed = parseSettings(stringify(value), operator);
  return parsed.ok
    ? []
    : parsed.reason.map(({ message }) => message).filter((message) => !/as well as (?:in |`branches)/.test(message));
}

interface Node {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Node[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly maxItems?: number;
  readonly minItems?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/** Texts that are right somewhere, nearly right, or at the edge of what is too long in letters of one or two code units. */
const texts = fc.oneof(
  fc.constantFrom(
    'plan',
    'PLAN.md',
    'plans/{issue}.md',
    'openai/gpt-6',
    'compatible/meta-llama/llama-3:free',
    'gpt-6',
    '',
    ' ',
    '../PLAN.md',
  ),
  fc.constantFrom(
    '!a',
    '**/*.lock',
    '/a',
    'a/../b',
    '.github/workflows/x.md',
    '.git/x.md',
    'high',
    'review',
    'stacked',
    'a\nb',
    'a\u2028.md',
  ),
  fc.constantFrom(
    '{title}',
    '{type}({scope}): {title}',
    '{titel}',
    '{title}\n\nRefs #{issue}',
    'renovate[bot]',
    'planwright-run.yml',
    'planwright/',
    'bot/a-',
  ),
  fc.tuple(fc.constantFrom('a', 'é', '😀'), fc.constantFrom(1, 26, 49, 50, 51, 200, 201, 300, 301)).map(([c, n]) => c.repeat(n)),
  fc.tuple(fc.constantFrom('a', '😀'), fc.constantFrom(95, 98, 196, 197, 198)).map(([c, n]) => `${c.repeat(n)}.md`),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const numbers = fc.oneof(
  fc.constantFrom(0, 1, -1, 0.5, 1.5, 10, 11, 20, 21, 200, 201, 1e-9, 1e21, 2 ** 53, 2 ** 53 - 1, -(2 ** 53)),
  fc.integer({ min: -3, max: 250 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
);
const junk: fc.Arbitrary<unknown> = fc.oneof(
  texts,
  numbers,
  fc.boolean(),
  fc.constantFrom(null, [], {}, [[]], { a: 1 }),
  fc.array(fc.oneof(texts, numbers), { maxLength: 4 }),
);

/** Values the schema describes, grown from the schema itself, so that no key is forgotten. */
function described(node: Node): fc.Arbitrary<unknown> {
  if (node.const !== undefined) return fc.constant(node.const);
  if (node.enum) return fc.constantFrom(...node.enum);
  if (node.anyOf) return fc.oneof(...node.anyOf.map(described));
  switch (node.type) {
    case 'object':
      return fc.record(Object.fromEntries(Object.entries(node.properties ?? {}).map(([k, v]) => [k, described(v)])), {
        requiredKeys: [],
      });
    case 'array':
      return fc.array(described(node.items ?? {}), { minLength: node.minItems ?? 0, maxLength: Math.min(node.maxItems ?? 3, 3) });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'integer':
      return fc.integer({ min: node.minimum ?? 1, max: Math.min(node.maximum ?? 1000, 1000) });
    case 'number':
      return fc.double({ min: 0.01, max: 1000, noNaN: true });
    default: {
      const fits = (t: string): boolean =>
        (node.pattern ? new RegExp(node.pattern, 'u').test(t) : t !== '') && [...t].length <= (node.maxLength ?? 20);
      if (!fc.sample(texts, { numRuns: 2_000, seed: 1 }).some(fits)) throw new Error(`no text of ours fits ${node.pattern}`);
      return texts.filter(fits);
    }
  }
}

/** Something in it is replaced, added or left out. */
const mutated = fc.tuple(
  described(mapping),
  fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
  junk,
  fc.constantFrom('set', 'add', 'drop'),
);

function mutate(value: unknown, [first = 0, ...others]: readonly number[], put: unknown, how: string): unknown {
  if (value === null || typeof value !== 'object' || Object.keys(value).length === 0) return put;
  const keys = Object.keys(value);
  const key = keys[first % keys.length] as string;
  const inner = (value as Record<string, unknown>)[key];
  const change = (next: unknown): unknown =>
    Array.isArray(value) ? value.map((v, i) => (String(i) === key ? next : v)) : { ...value, [key]: next };
  if (others.length > 0) return change(mutate(inner, others, put, how));
  if (how === 'set') return change(put);
  if (how === 'add') return Array.isArray(value) ? [...value, put] : { ...value, [`${key}s`]: put };
  return Array.isArray(value) ? value.slice(1) : Object.fromEntries(Object.entries(value).filter(([k]) => k !== key));
}

test('what the schema describes the program accepts', () => {
  fc.assert(
    fc.property(described(mapping), (value) => {
      expect(accepts(value)).toEqual({ schema: true, program: true });
    }),
    { numRuns: runs(60, 200) },
  );
});

test('whatever is changed in it, both accept it or both refuse it', () => {
  const verdicts = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(mutated, ([value, path, put, how]) => {
      const changed = mutate(value, path, put, how);
      // A file that is no mapping at all is YAML's business, and an empty one means the defaults.
      fc.pre(changed !== null && typeof changed === 'object' && !Array.isArray(changed));
      const { schema, program } = accepts(changed);
      verdicts[program ? 'accepted' : 'refused'] += 1;
      expect({ changed, program }).toEqual({ changed, program: schema });
    }),
    { numRuns: runs(700, 1_000) },
  );
  // Neither side is empty: a generator that only made rubbish would prove nothing.
  expect(Math.min(verdicts.accepted, verdicts.refused)).toBeGreaterThan(100);
});

/** Every key of the file, down to the values. */
const leaves = (node: Node, at: readonly string[] = []): (readonly string[])[] =>
  node.properties ? Object.entries(node.properties).flatMap(([key, inner]) => leaves(inner, [...at, key])) : [at];

test.each(leaves(published).map((at) => [at.join('.'), at] as const))('%s: both accept a value or both refuse it', (_, at) => {
  const values = fc.oneof(junk, fc.array(texts, { minLength: 1, maxLength: 2 }));
  fc.assert(
    fc.property(values, (put) => {
      const value = at.reduceRight<unknown>((inner, key) => ({ [key]: inner }), put);
      const { schema, program } = accepts(value);
      expect({ value, program }).toEqual({ value, program: schema });
    }),
    { numRuns: runs(40, 150) },
  );
});
