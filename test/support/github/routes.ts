// How a route of ours is written: it is given the repository, who asks and the parsed body, and answers with a value.
import type { Context, Router, TokenHolder } from './emulate.ts';
import type { Answered } from './exchange.ts';
import type { RepositoryRow, UserRow } from './rows.ts';
import { actorIn, isInternal, type Json, repositoryNamed, type World } from './world.ts';

/** GitHub says no: the status, its sentence and, for 422, the list of errors. */
export class Refusal extends Error {
  status: number;
  errors: readonly Json[] | undefined;
  constructor(status: number, message: string, errors?: readonly Json[]) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}

export const notFound = () => new Refusal(404, 'Not Found');
export const invalid = (resource: string, code: string, field: string, message?: string) =>
  new Refusal(422, 'Validation Failed', [{ resource, code, field, ...(message === undefined ? {} : { message }) }]);

export interface Call {
  context: Context;
  repo: RepositoryRow;
  /** undefined: nobody signed in */
  actor: UserRow | undefined;
  holder: TokenHolder | undefined;
  body: Json;
  param(name: string): string;
  number(name: string): number;
  query(name: string): string | undefined;
  text(field: string): string | undefined;
}

export interface Answer {
  status?: number;
  json?: unknown;
  raw?: { body: string | Uint8Array; type: string };
  location?: string;
}

export type RepositoryRoute = (call: Call) => Promise<Answer> | Answer;
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export function refuse(context: Context, refusal: Refusal): Answered {
  const { status, message, errors } = refusal;
  return context.json(
    { message, ...(errors ? { errors } : {}), documentation_url: 'https://docs.github.com/rest', status: String(status) },
    status,
  );
}

/** The request's JSON body. */
export async function bodyOf(context: Context): Promise<Json> {
  if (context.req.isEmpty) return {};
  try {
    const body = await context.req.json();
    return typeof body === 'object' && body !== null ? (body as Json) : {};
  } catch {
    throw new Refusal(400, 'Problems parsing JSON');
  }
}

async function callOf(world: World, context: Context): Promise<Call> {
  const repo = repositoryNamed(world.tables, `${context.req.param('owner')}/${context.req.param('repo')}`);
  if (!repo) throw notFound();
  const body = await bodyOf(context);
  return {
    context,
    repo,
    actor: actorIn(world, context),
    holder: context.get('authUser'),
    body,
    param: (name) => context.req.param(name),
    number: (name) => Number(context.req.param(name)),
    query: (name) => context.req.query(name),
    text: (field) => (typeof body[field] === 'string' ? (body[field] as string) : undefined),
  };
}

/** Adds a route under /repos/{owner}/{repo}; `path` may hold `:name` and `:name{.+}`. */
export function repositoryRoute(world: World, method: Method, path: string, handle: RepositoryRoute): void {
  addRoute(world.emulator.app, method, `/repos/:owner/:repo${path}`, async (context) => {
    const { status = 200, json, raw, location } = await handle(await callOf(world, context));
    if (location) return context.body(null, status, { location });
    if (raw) return context.body(raw.body, status, { 'content-type': raw.type });
    return json === undefined ? context.body(null, status === 200 ? 204 : status) : context.json(json, status);
  });
}

export function addRoute(
  router: Router,
  method: Method,
  path: string,
  handle: (context: Context) => Promise<Answered> | Answered,
): void {
  router.on(method, path, async (context) => {
    try {
      return await handle(context);
    } catch (error) {
      if (error instanceof Refusal) return refuse(context, error);
      throw error;
    }
  });
}

/** Goes before the emulator's own route: may refuse, or return another body for it. */
export function around(world: World, method: Method, path: string, before: (call: Call) => Json | undefined): void {
  intercept(world, method, path, (call) => {
    const body = before(call);
    if (body) call.context.req.replaceBody(body);
    return undefined;
  });
}

/** Answers instead of the emulator's own route when it has an answer. */
export function instead(
  world: World,
  method: Method,
  path: string,
  handle: (call: Call) => Promise<Answer | undefined> | Answer | undefined,
): void {
  intercept(world, method, path, handle);
}

function intercept(
  world: World,
  method: Method,
  path: string,
  handle: (call: Call) => Promise<Answer | undefined> | Answer | undefined,
): void {
  world.emulator.app.use(`/repos/:owner/:repo${path}`, async (context, next) => {
    const mine = context.req.method === method && !isInternal(context.get('authUser'));
    try {
      const answer = mine ? await handle(await callOf(world, context)) : undefined;
      if (answer) return context.json(answer.json, answer.status ?? 200);
    } catch (error) {
      if (error instanceof Refusal) return refuse(context, error);
      throw error;
    }
    await next();
    return undefined;
  });
}

/** Where the REST API is below GitHub's address. */
const API = '/api/v3';

/** The page of `items` that was asked for, with the Link header that leads to the others. */
export function page<T>({ context }: Call, items: readonly T[]): T[] {
  const size = Math.min(100, Math.max(1, Number(context.req.query('per_page') ?? 30) || 30));
  const current = Math.max(1, Number(context.req.query('page') ?? 1) || 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (to: number, rel: string) => {
    const url = new URL(context.req.url);
    // As GitHub Enterprise Server does: a client tells by the whole address which of its credentials a page needs.
    if (!url.pathname.startsWith(API)) url.pathname = API + url.pathname;
    url.searchParams.set('page', String(to));
    return `<${url}>; rel="${rel}"`;
  };
  const links = [
    ...(current > 1 ? [link(current - 1, 'prev')] : []),
    ...(current < last ? [link(current + 1, 'next'), link(last, 'last')] : []),
    ...(current > 1 ? [link(1, 'first')] : []),
  ];
  if (links.length) context.header('Link', links.join(', '));
  return items.slice((current - 1) * size, current * size);
}
