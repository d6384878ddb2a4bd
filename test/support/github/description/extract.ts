// The committed extract of GitHub's description; made by scripts/extract-github-description.ts.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface Schema {
  readonly [key: string]: unknown;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Schema;
}

interface Described {
  readonly parameters: readonly (Parameter | { readonly $ref: string })[];
  readonly body: Schema | null;
  readonly answers: Readonly<Record<string, { readonly schema?: Schema; readonly examples?: Readonly<Record<string, unknown>> }>>;
  readonly deprecated: boolean;
  readonly forApps: boolean;
}

interface Description {
  readonly source: { readonly package: string; readonly version: string; readonly file: string };
  readonly endpoints: Readonly<Record<string, Described>>;
  readonly events: Readonly<Record<string, Schema>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
}

const FILE = new URL('github-description.json.gz', import.meta.url);
export const DESCRIPTION = JSON.parse(gunzipSync(readFileSync(FILE)).toString('utf8')) as Description;

export function resolve(schema: Schema): Schema {
  if (typeof schema.$ref !== 'string') return schema;
  const [, , kind = '', name = ''] = schema.$ref.split('/');
  const found = DESCRIPTION.components[kind]?.[name];
  if (!found) throw new Error(`the description has no ${schema.$ref}`);
  return resolve(found);
}
