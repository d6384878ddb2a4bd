// GraphQL, for what REST has no way to say: review threads, drafts, edit history. Fields that are not here are errors, as on GitHub.

import { type Document, GraphqlSyntaxError, parseDocument, type Selection, type Value } from './graphql-document.ts';
import { GraphqlError } from './graphql-error.ts';
import { mutations } from './graphql-mutations.ts';
import { queries } from './graphql-objects.ts';
import { addRoute, Refusal } from './routes.ts';
import { actorOf, type Json, type World } from './world.ts';

/** A GraphQL object: its fields are values, or functions of their arguments. */
export interface GraphqlObject {
  __typename: string;
  [field: string]: unknown;
}

type Variables = Record<string, unknown>;

/** By their text: clients send the same few over and over. */
const documents = new Map<string, Document>();

export function graphqlRoute(world: World): void {
  addRoute(world.emulator.app, 'POST', '/graphql', async (context) => {
    const holder = context.get('authUser');
    if (!holder) throw new Refusal(401, 'This endpoint requires you to be authenticated.');
    const { query = '', variables = {} } = (await context.req.json()) as { query?: string; variables?: Variables };
    const asking = { world, holder, actor: actorOf(world.tables, holder) };
    try {
      const document = documents.get(query) ?? parseDocument(query);
      documents.set(query, document);
      const root = document.operation === 'mutation' ? mutations(asking) : queries(asking);
      const errors: Json[] = [];
      const data = await select(document, document.selection, root, variables, [], errors);
      return context.json({ data, ...(errors.length ? { errors } : {}) });
    } catch (error) {
      if (error instanceof GraphqlSyntaxError || error instanceof UndefinedField)
        return context.json({ errors: [{ message: error.message }] });
      throw error;
    }
  });
}

class UndefinedField extends Error {}

async function select(
  document: Document,
  selection: readonly Selection[],
  object: GraphqlObject,
  variables: Variables,
  path: readonly (string | number)[],
  errors: Json[],
): Promise<Json> {
  const result: Json = {};
  for (const part of selection) {
    if (part.kind !== 'field') {
      const { on, selection: inner } = part.kind === 'inline' ? part : fragment(document, part.fragment);
      if (on === undefined || on === object.__typename || (on === 'Actor' && 'login' in object)) {
        Object.assign(result, await select(document, inner, object, variables, path, errors));
      }
      continue;
    }
    const { name, alias, args, selection: inner } = part.field;
    if (!(name in object)) throw new UndefinedField(`Field '${name}' doesn't exist on type '${object.__typename}'`);
    const here = [...path, alias];
    try {
      const member = object[name];
      const value: unknown = typeof member === 'function' ? await member(filled(args, variables)) : member;
      result[alias] = await complete(document, value, inner, variables, here, errors);
    } catch (error) {
      if (!(error instanceof GraphqlError)) throw error;
      result[alias] = null;
      errors.push({ type: error.type, path: here, message: error.message });
    }
  }
  return result;
}

async function complete(
  document: Document,
  value: unknown,
  selection: Selection[] | undefined,
  variables: Variables,
  path: readonly (string | number)[],
  errors: Json[],
): Promise<unknown> {
  if (Array.isArray(value))
    return Promise.all(value.map((item, index) => complete(document, item, selection, variables, [...path, index], errors)));
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object') return value;
  if (!selection) throw new UndefinedField(`Field '${path.at(-1)}' must have selections`);
  return select(document, selection, value as GraphqlObject, variables, path, errors);
}

function fragment(document: Document, name: string) {
  const found = document.fragments.get(name);
  if (!found) throw new UndefinedField(`Fragment ${name} was used, but not defined`);
  return found;
}

function filled(value: Value | Record<string, Value>, variables: Variables): Json {
  return fill(value, variables) as Json;
}

function fill(value: unknown, variables: Variables): unknown {
  if (Array.isArray(value)) return value.map((item) => fill(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  if ('$variable' in value) return variables[String(value.$variable)];
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, variables)]));
}
