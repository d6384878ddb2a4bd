// Of an answer only the fields that are read matter: each must be there, or null, or absent, as GitHub's description allows.
import { resolve, type Schema } from './extract.ts';

type Json = Readonly<Record<string, unknown>>;

/** `fields`: dotted; `[]` stands for each entry of a list. */
export function objectionsToFields(schema: Schema, value: unknown, fields: readonly string[]): string[] {
  const all = below(schema, '', () => [schema]);
  return [...new Set(fields.flatMap((field) => follow(all, value, stepsOf(field), 0, '')))];
}

const steps = (part: string): string[] => (part.endsWith('[]') ? [...(part === '[]' ? [] : [part.slice(0, -2)]), '[]'] : [part]);
const paths = new Map<string, readonly string[]>();

function stepsOf(field: string): readonly string[] {
  const path = paths.get(field) ?? field.split('.').flatMap(steps);
  paths.set(field, path);
  return path;
}

/** @param all that may describe the value. */
function follow(all: readonly Schema[], value: unknown, path: readonly string[], at: number, where: string): string[] {
  if (value === null)
    return all.some(({ nullable, type }) => nullable === true || type === 'null') ? [] : [`${where || '/'} is null`];
  const first = path[at];
  const optional = first?.endsWith('?') ?? false;
  const step = optional ? first?.slice(0, -1) : first;
  if (step === undefined) return leaf(all, value, where);
  if (step === '[]') {
    if (!Array.isArray(value)) {
      // Some endpoints answer one or many.
      return all.some(({ type }) => type === 'array') && !all.some(({ type }) => type === 'object')
        ? [`${where} is no list`]
        : [];
    }
    const items = below(all, '[]', () => all.flatMap(({ items }) => (items ? [items as Schema] : [])));
    if (items.length === 0) return [`${where} is not described as a list`];
    return value.flatMap((item) => follow(items, item, path, at + 1, `${where}[]`));
  }
  // Some endpoints answer one or many, and the fields are those of one.
  if (Array.isArray(value)) return all.some(({ type }) => type === 'array') ? [] : [`${where || '/'} is a list`];
  const inside = below(all, step, () =>
    all.flatMap(({ properties }) => {
      const found = (properties as Record<string, Schema> | undefined)?.[step];
      return found ? [found] : [];
    }),
  );
  if (inside.length === 0) return [`${where}.${step} is not described`];
  if (typeof value !== 'object') return all.some(({ type }) => type === typeof value) ? [] : [`${where} is a ${typeof value}`];
  const child = (value as Json)[step];
  if (child === undefined) {
    const described = all.filter(({ properties }) => (properties as Json | undefined)?.[step]);
    const required = described.every((one) => (one.required as string[] | undefined)?.includes(step));
    return required && !optional ? [`${where}.${step} is missing`] : [];
  }
  return follow(inside, child, path, at + 1, `${where}.${step}`);
}

function leaf(all: readonly Schema[], value: unknown, where: string): string[] {
  const kind = Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
  const fits = all.some(({ type, enum: words }) => {
    if (Array.isArray(words) && !words.includes(value)) return false;
    return type === undefined || type === kind || (type === 'number' && kind === 'integer');
  });
  return fits ? [] : [`${where} is ${JSON.stringify(value)?.slice(0, 60)}`];
}

const describedBelow = new WeakMap<object, Map<string, readonly Schema[]>>();

/** What may describe the value one step below `of`; worked out once, because each answer is held against the same few schemas. */
function below(of: Schema | readonly Schema[], step: string, schemas: () => readonly Schema[]): readonly Schema[] {
  const known = describedBelow.get(of) ?? new Map<string, readonly Schema[]>();
  describedBelow.set(of, known);
  const all = known.get(step) ?? schemas().flatMap(alternatives);
  known.set(step, all);
  return all;
}

/** Everything that may describe the value, without references; `nullable` of the whole holds for each. */
function alternatives(schema: Schema): Schema[] {
  const found = resolve(schema);
  const inner = ['oneOf', 'anyOf', 'allOf'].flatMap((key) => (found[key] as Schema[] | undefined) ?? []);
  const own = found.type !== undefined || found.properties || found.enum || inner.length === 0 ? [found] : [];
  const nullable = found.nullable === true ? [{ type: 'null' }] : [];
  return [...own, ...inner.flatMap(alternatives), ...nullable];
}
