// What GitHub's own description of its REST API objects to in a request, an answer or a delivery.
import { Ajv, type ValidateFunction } from 'ajv';
import { ENDPOINTS, EVENTS } from './endpoints.ts';
import { DESCRIPTION, type Parameter, resolve, type Schema } from './extract.ts';
import { objectionsToFields } from './fields.ts';

interface Matched {
  readonly endpoint: string;
  readonly values: Readonly<Record<string, string>>;
}

const templates = Object.keys(ENDPOINTS).map((endpoint) => {
  const [method, path = ''] = endpoint.split(' ');
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  // What comes last and may hold slashes: files and references.
  const pattern = path.replace(/\{(\w+)\}/g, (_, name) => (['path', 'ref', 'basehead'].includes(name) ? '(.+)' : '([^/]+)'));
  return { endpoint, method, names, pattern: new RegExp(`^${pattern}$`) };
});
// The one with the fewest values in its path is meant: `git/ref/{ref}` would also match longer addresses.
templates.sort((a, b) => a.names.length - b.names.length);

/** The endpoint a request is for, with the values in its path; null for one that is not in the table. */
export function endpointOf(method: string, path: string): Matched | null {
  const [given = ''] = path.split('?');
  // Where GitHub redirects to from a repository's former name; the description does not list it.
  const bare = given.replace(/^\/repositories\/\d+\//, '/repos/owner/repository/');
  for (const template of templates) {
    const match = template.method === method ? template.pattern.exec(bare) : null;
    if (!match) continue;
    const values = Object.fromEntries(template.names.map((name, i) => [name, decodeURIComponent(match[i + 1] ?? '')]));
    return { endpoint: template.endpoint, values };
  }
  return null;
}

// Addresses and paths carry text, so numbers and truth values are read from it.
const asText = new Ajv({ strict: false, coerceTypes: true, validateFormats: false });
const asJson = new Ajv({ strict: false, allErrors: true, validateFormats: false });
/** By endpoint and what of a request they are for; null: nothing of that name is described. */
const compiled = new Map<string, ValidateFunction | null>();

function validatorFor(key: string, compile: () => ValidateFunction | null): ValidateFunction | null {
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const made = compile();
  compiled.set(key, made);
  return made;
}

const told = (check: ValidateFunction) => (check.errors ?? []).map((error) => `${error.instancePath || '/'} ${error.message}`);

/** Compiling takes milliseconds, and most parameters are those of many endpoints. */
const ofTexts = new WeakMap<Schema, ValidateFunction>();

function textValidator(schema: Schema): ValidateFunction {
  const known = ofTexts.get(schema) ?? asText.compile({ type: 'object', properties: { value: forAjv(schema, false) } });
  ofTexts.set(schema, known);
  return known;
}

/**
 * Everything the description says against a request; strict: what it does not name must not be sent.
 * @param matched which endpoint it is for, where the caller knows already.
 */
export function objectionsToRequest(method: string, path: string, body: unknown, matched = endpointOf(method, path)): string[] {
  if (!matched) return [`${method} ${path.split('?')[0]}: not in the table of endpoints`];
  const { endpoint, values } = matched;
  const described = DESCRIPTION.endpoints[endpoint];
  if (!described) return [`${endpoint}: not in the description`];
  const objections: string[] = [];
  const check = (place: Parameter['in'], name: string, value: string) => {
    const validator = validatorFor(`${endpoint} ${place} ${name}`, () => {
      const parameters = described.parameters.map((one) => resolve(one as Schema) as unknown as Parameter);
      const parameter = parameters.find((one) => one.in === place && one.name === name);
      return parameter ? textValidator(parameter.schema) : null;
    });
    if (!validator) return void objections.push(`no ${place} parameter ${name}`);
    if (!validator({ value })) objections.push(...told(validator).map((text) => `${name}: ${text}`));
    return undefined;
  };
  for (const [name, value] of Object.entries(values)) check('path', name, value);
  const query = path.indexOf('?');
  if (query >= 0) for (const [name, value] of new URLSearchParams(path.slice(query))) check('query', name, value);
  const { body: schema } = described;
  if (!schema && body !== undefined && body !== null && JSON.stringify(body) !== '{}') objections.push('takes no body');
  if (schema) {
    const validator = validatorFor(`${endpoint} body`, () => asJson.compile(forAjv(schema, true)));
    if (validator && !validator(body ?? {})) objections.push(...told(validator).map((text) => `body ${text}`));
  }
  return objections.map((text) => `${endpoint}: ${text}`);
}

/** What is read of an answer must be there as the description says. */
export function objectionsToAnswer(endpoint: string, status: number, body: unknown): string[] {
  const described = DESCRIPTION.endpoints[endpoint];
  if (!described || status >= 300) return [];
  const answer = described.answers[String(status)];
  if (!answer) return [`${endpoint}: no answer ${status}`];
  if (!answer.schema) return [];
  return objectionsToFields(answer.schema, body, ENDPOINTS[endpoint]?.reads ?? []).map(
    (text) => `${endpoint} ${status}: ${text}`,
  );
}

/** The same for a delivery. An event that is not read has nothing to say. */
export function objectionsToDelivery(event: string, action: string | undefined, payload: unknown): string[] {
  const name = [event, ...(action === undefined ? [] : [action])].join('-').replaceAll('_', '-');
  const schema = DESCRIPTION.events[name];
  if (!schema) return [];
  return objectionsToFields(schema, payload, EVENTS[name] ?? []).map((text) => `${name}: ${text}`);
}

const ALTERNATIVES = ['oneOf', 'anyOf', 'allOf'];

/** OpenAPI 3.0 says `nullable`; closed: an object takes no property that it does not describe. */
function forAjv(schema: Schema, closed: boolean): Schema {
  const found = resolve(schema);
  const nullable = found.nullable === true;
  const entries = Object.entries(found).filter(([key]) => key !== 'nullable' && key !== 'deprecated');
  const result: Record<string, unknown> = Object.fromEntries(
    entries.map(([key, value]) => {
      if (key === 'properties')
        return [key, Object.fromEntries(Object.entries(value as Record<string, Schema>).map(([k, v]) => [k, forAjv(v, closed)]))];
      if (key === 'items') return [key, forAjv(value as Schema, closed)];
      // Several alternatives describe one object between them: none of them knows all of its properties.
      if (ALTERNATIVES.includes(key)) return [key, (value as Schema[]).map((one) => forAjv(one, closed && !found.properties))];
      return [key, value];
    }),
  );
  if (closed && found.properties && found.additionalProperties === undefined) result.additionalProperties = false;
  // Where several describe a value, one that also fits another is no error.
  if (Array.isArray(result.oneOf)) {
    result.anyOf = result.oneOf;
    delete result.oneOf;
  }
  if (nullable && typeof result.type === 'string') result.type = [result.type, 'null'];
  if (nullable && Array.isArray(result.enum)) result.enum = [...result.enum, null];
  return result as Schema;
}
