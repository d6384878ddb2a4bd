// GitHub's own example payloads, 726 in six sets, and every mutant of them in which one field is null.
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { classify, type KnownEvent } from '../../src/webhooks/classify.ts';
import { classifyPullRequest } from '../../src/webhooks/classify-pull-request.ts';

const require = createRequire(import.meta.url);
type Json = Record<string, unknown>;
type Sets = readonly { readonly name: string; readonly examples: readonly Json[] }[];

const SETS = ['api.github.com', 'ghes-31', 'ghes-32', 'ghes-33', 'ghes-34', 'ghes-35'];
// biome-ignore format: a list of names
const KNOWN = new Set([
  'issues', 'issue_comment', 'pull_request', 'pull_request_review', 'check_run', 'check_suite', 'status', 'push', 'installation',
  'installation_repositories', 'installation_target', 'repository',
]);
const load = (set: string) => require(`@octokit/webhooks-examples/${set}/index.json`) as Sets;

/** As the handler does. */
function receive(name: string, payload: unknown): string {
  if (name === 'pull_request') classifyPullRequest(payload as Parameters<typeof classifyPullRequest>[0], null);
  return classify({ id: 'x', name, payload } as unknown as KnownEvent, 4711).kind;
}

const attempt = (name: string, payload: unknown, what: string) => {
  try {
    receive(name, payload);
    return null;
  } catch (error) {
    return `${name} ${what}: ${error}`;
  }
};

/** Paths of the fields inside of objects and lists, three levels down: deeper nothing is read. */
function* paths(value: unknown, depth = 0): Generator<(string | number)[]> {
  if (typeof value !== 'object' || value === null || depth > 3) return;
  for (const [key, child] of Object.entries(value)) {
    yield [key];
    for (const rest of paths(child, depth + 1)) yield [key, ...rest];
  }
}

function nulled(payload: Json, path: readonly (string | number)[]): Json {
  const [key = '', ...rest] = path;
  const copy: Json = Array.isArray(payload) ? ([...payload] as unknown as Json) : { ...payload };
  copy[key] = rest.length === 0 ? null : nulled(payload[key] as Json, rest);
  return copy;
}

/** A path whatever the index in a list. */
const plain = (path: readonly (string | number)[]) => path.map((key) => (/^\d+$/.test(String(key)) ? '[]' : key)).join('.');

describe('the classifier', () => {
  const all = SETS.flatMap((set) => load(set).map((entry) => ({ set, ...entry })));

  it('has 726 examples to read', () => {
    expect(all.reduce((sum, { examples }) => sum + examples.length, 0)).toBe(726);
  });

  it('throws at none of them', () => {
    const thrown = all
      .filter(({ name }) => KNOWN.has(name))
      .flatMap(({ set, name, examples }) => examples.map((e) => attempt(name, e, set)));
    expect(thrown.filter(Boolean)).toEqual([]);
  });

  it('throws at no mutant in which a field is null, whatever it is', () => {
    const seen = new Set<string>();
    const thrown: string[] = [];
    let mutants = 0;
    for (const { name, examples } of all.filter((entry) => KNOWN.has(entry.name)))
      for (const example of examples)
        for (const path of paths(example)) {
          const key = `${name} ${String(example.action)} ${plain(path)}`;
          if (seen.has(key)) continue;
          seen.add(key);
          mutants += 1;
          const failure = attempt(name, nulled(example, path), `with ${plain(path)} null`);
          if (failure) thrown.push(failure);
        }
    expect(mutants).toBeGreaterThan(5_000);
    expect(thrown).toEqual([]);
  });
});
