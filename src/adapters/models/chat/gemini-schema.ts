import type { Json } from '../../../domain/json.ts';

type Schema = { readonly [key: string]: Json };

/** Gemini refuses these: "Unknown name ...: Cannot find field." */
const UNKNOWN = ['$schema', 'additionalProperties'];

/**
 * A JSON Schema in the form that Gemini accepts: without the keywords it refuses, and with `nullable` where null is one of several
 * types. A nullable field is also not required, so that it can be left out where `nullable` is not understood.
 */
export function geminiSchema(schema: Schema): Schema {
  const { properties, required, items, anyOf, type, ...rest } = schema;
  const kept = Object.fromEntries(Object.entries(rest).filter(([key]) => !UNKNOWN.includes(key)));
  const types = Array.isArray(type) ? type.filter((one) => one !== 'null') : [];
  const choices = Array.isArray(anyOf) ? anyOf.filter((one) => !isNull(one)).map((one) => geminiSchema(one as Schema)) : [];
  const fields = isSchema(properties) ? Object.entries(properties) : [];
  const demanded = Array.isArray(required)
    ? required.filter((name) => !fields.some(([field, of]) => field === name && isNullable(of)))
    : [];
  return {
    ...(type !== undefined && !Array.isArray(type) && { type }),
    ...(types.length === 1 && { type: types[0] as Json }),
    ...(types.length > 1 && { anyOf: types.map((one) => ({ type: one })) }),
    ...(choices.length === 1 && (choices[0] as Schema)),
    ...(choices.length > 1 && { anyOf: choices }),
    ...kept,
    ...(isNullable(schema) && { nullable: true }),
    ...(fields.length > 0 && {
      properties: Object.fromEntries(fields.map(([name, of]) => [name, isSchema(of) ? geminiSchema(of) : of])),
    }),
    ...(demanded.length > 0 && { required: demanded }),
    ...(items !== undefined && { items: isSchema(items) ? geminiSchema(items) : items }),
  };
}

const isSchema = (value: Json | undefined): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNull = (value: Json): boolean => isSchema(value) && value.type === 'null';

const isNullable = (value: Json): boolean =>
  isSchema(value) &&
  ((Array.isArray(value.type) && value.type.includes('null')) || (Array.isArray(value.anyOf) && value.anyOf.some(isNull)));
