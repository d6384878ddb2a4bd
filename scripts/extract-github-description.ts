// Takes from GitHub's own description of its REST API what Planwright uses, and keeps it with the tests:
//   npm pack @octokit/openapi && tar xzf octokit-openapi-*.tgz     (385 MB unpacked, and therefore no dependency)
//   node scripts/extract-github-description.ts package
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ENDPOINTS, EVENTS } from '../test/support/github/description/endpoints.ts';

type Json = { [key: string]: unknown };

const OUT = 'test/support/github/description/github-description.json.gz';
/** Words for people, of which the checks read none. */
const PROSE = ['description', 'summary', 'externalDocs', 'x-octokit', 'example', 'title'];

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: node scripts/extract-github-description.ts UNPACKED_PACKAGE');
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
const whole = JSON.parse(readFileSync(join(folder, 'generated/api.github.com.json'), 'utf8')) as Json;

const at = (path: readonly string[]): unknown => path.reduce<unknown>((value, key) => (value as Json | undefined)?.[key], whole);

const kept: Record<string, Json> = {};

/** Without prose; notes every part that is referred to, and takes it along. */
function keep(value: unknown, inProperties = false): unknown {
  if (Array.isArray(value)) return value.map((item) => keep(item));
  if (typeof value !== 'object' || value === null) return value;
  const ref = (value as Json).$ref;
  if (typeof ref === 'string') take(ref);
  // A property may be called `description`.
  const entries = Object.entries(value).filter(([key]) => inProperties || (!PROSE.includes(key) && key !== 'examples'));
  return Object.fromEntries(entries.map(([key, child]) => [key, keep(child, key === 'properties' && !inProperties)]));
}

function take(ref: string): void {
  const [, , kind = '', name = ''] = ref.split('/');
  kept[kind] ??= {};
  if (name in kept[kind]) return;
  kept[kind][name] = null;
  kept[kind][name] = keep(at(['components', kind, name]));
}

/** GitHub's own examples of an answer, as they stand. */
function examplesOf(content: Json | undefined): Json {
  const examples = ((content?.['application/json'] as Json | undefined)?.examples ?? {}) as Record<string, Json>;
  return Object.fromEntries(
    Object.entries(examples).map(([name, example]) => {
      let value: unknown = example;
      // An example's value may itself be a reference to another.
      for (let ref = (value as Json).$ref; typeof ref === 'string'; ref = (value as Json | undefined)?.$ref)
        value = at(ref.split('/').slice(1));
      value = (value as Json).value ?? value;
      const inner = (value as Json | null)?.$ref;
      return [name, typeof inner === 'string' ? (at(inner.split('/').slice(1)) as Json).value : value];
    }),
  );
}

const endpoints = Object.fromEntries(
  Object.keys(ENDPOINTS).map((endpoint) => {
    const [method = '', path = ''] = endpoint.split(' ');
    const found = at(['paths', path, method.toLowerCase()]) as Json | undefined;
    if (!found) throw new Error(`GitHub's description has no ${endpoint}`);
    const responses = found.responses as Record<string, Json>;
    const shared = (at(['paths', path, 'parameters']) ?? []) as unknown[];
    return [
      endpoint,
      {
        parameters: keep([...shared, ...((found.parameters ?? []) as unknown[])]),
        body: keep(
          (((found.requestBody as Json | undefined)?.content as Json | undefined)?.['application/json'] as Json)?.schema ?? null,
        ),
        answers: Object.fromEntries(
          Object.entries(responses).map(([status, answer]) => {
            const content = answer.content as Json | undefined;
            const schema = (content?.['application/json'] as Json | undefined)?.schema;
            return [status, status < '300' && schema ? { schema: keep(schema), examples: examplesOf(content) } : {}];
          }),
        ),
        deprecated: found.deprecated === true,
        forApps: (found['x-github'] as Json | undefined)?.enabledForGitHubApps === true,
      },
    ];
  }),
);

const events = Object.fromEntries(
  Object.keys(EVENTS).map((name) => {
    const found = at(['x-webhooks', name, 'post', 'requestBody', 'content', 'application/json', 'schema']);
    if (!found) throw new Error(`GitHub's description has no event ${name}`);
    return [name, keep(found)];
  }),
);

const source = { package: '@octokit/openapi', version, file: 'generated/api.github.com.json' };
writeFileSync(OUT, gzipSync(JSON.stringify({ source, endpoints, events, components: kept }), { level: 9 }));
