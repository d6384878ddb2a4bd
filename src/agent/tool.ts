import { z } from 'zod';
import type { Json } from '../domain/json.ts';
import type { ToolSpec } from '../domain/model/conversation.ts';

/** A tool's answer. `final` is set by a tool that ends the conversation (an accepted plan, a blocker, finish). */
export interface Answer<Final = never> {
  readonly content: string;
  readonly is_error: boolean;
  /** The call itself was wrong (no such tool, input that does not fit), as opposed to a file that is not there. */
  readonly misused?: boolean;
  readonly final?: Final;
}

/** A tool that hides its input type, so that a loop can hold a plain list of them. */
export interface Tool<Final = never> {
  readonly spec: ToolSpec;
  /** How the input can be made shorter when a model's output limit cuts it off, as the end of a sentence. */
  readonly shorter?: string;
  /** Checks the input against the schema, then runs. Input that does not fit is an answer that lists what is wrong. */
  answer(input: Json): Promise<Answer<Final>>;
}

export interface ToolDefinition<S extends z.ZodObject, Final> {
  readonly name: string;
  readonly description: string;
  readonly input: S;
  readonly shorter?: string;
  run(input: z.infer<S>): Promise<Answer<Final>>;
}

/** A longer schema is not repeated in an error: the model has it, and the plan's would cost thousands of tokens each time. */
const SCHEMA_IN_ERROR_MAX = 1_500;

/** As JSON Schema, by the schema: tools are made for each turn of a conversation, and their schemas once. */
const jsonSchemas = new WeakMap<z.ZodObject, Json>();

function jsonSchemaOf(input: z.ZodObject): Json {
  const known = jsonSchemas.get(input);
  if (known !== undefined) return known;
  const { $schema: _, ...schema } = z.toJSONSchema(input);
  jsonSchemas.set(input, schema as Json);
  return schema as Json;
}

export function defineTool<S extends z.ZodObject, Final = never>(definition: ToolDefinition<S, Final>): Tool<Final> {
  const { name, description, shorter } = definition;
  const spec: ToolSpec = { name, description, schema: jsonSchemaOf(definition.input) };
  return {
    spec,
    ...(shorter !== undefined && { shorter }),
    async answer(input) {
      const parsed = definition.input.safeParse(withNulls(definition.input, input));
      return parsed.success ? definition.run(parsed.data) : misuse(describeMismatch(spec, parsed.error));
    },
  };
}

export const toolResult = (content: string): Answer => ({ content, is_error: false });
export const toolError = (content: string): Answer => ({ content, is_error: true });
export const misuse = (content: string): Answer => ({ content, is_error: true, misused: true });

/** The schema requires every field because strict providers do; a nullable one that the model leaves out anyway means null. */
function withNulls(schema: z.ZodObject, input: Json): Json {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return input;
  const missing = Object.entries(schema.shape).filter(([key, field]) => !(key in input) && z.safeParse(field, null).success);
  return { ...input, ...Object.fromEntries(missing.map(([key]) => [key, null])) };
}

function describeMismatch(spec: ToolSpec, error: z.ZodError): string {
  const issues = error.issues.map(({ path, message }) => `- ${path.length > 0 ? path.join('.') : 'input'}: ${message}`);
  const schema = JSON.stringify(spec.schema);
  const expected = schema.length <= SCHEMA_IN_ERROR_MAX ? `Expected: ${schema}` : `Expected: the input schema of ${spec.name}.`;
  return [`The input does not fit ${spec.name}; nothing was done.`, ...issues, expected].join('\n');
}
