// One request to the emulator's router and its answer, as plain values. The router would take a `Request` and give a `Response`: making those,
// and the streams in them, cost more than most answers, and JSON was written and read again on the way.
/**
 * As much of the emulator's router as this uses; `emulate.ts` makes sure that it is there. What a handler answers after it has called `next()` is
 * dropped, because the router knows only a `Response` by its class.
 */
export interface Dispatcher {
  match(method: string, path: string): { handlers: unknown[]; params: Record<string, string> };
  dispatch(exchange: Exchange, handlers: unknown[]): Promise<Answered | undefined>;
  errorHandler(error: unknown, exchange: Exchange): Answered | Promise<Answered>;
  notFoundHandler(exchange: Exchange): Answered;
}

export interface Asked {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: Buffer;
}

/** An answer may hold what the emulator keeps; `corrected` changes it in place, so what is kept for later is copied by whoever answers it. */
export interface Answered {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** A value that becomes JSON, or the bytes as they are. */
  readonly body: { readonly json: unknown } | { readonly bytes: string | Uint8Array };
}

type Headers = Readonly<Record<string, string>>;

/** What the emulator's handlers and ours see of a request, and how they answer it. */
class Exchange {
  readonly req: Question;
  readonly #values = new Map<string, unknown>();
  readonly #headers: Record<string, string> = {};
  readonly #notFound: (exchange: Exchange) => Answered;
  #status = 200;

  constructor(req: Question, notFound: (exchange: Exchange) => Answered) {
    this.req = req;
    this.#notFound = notFound;
  }

  get(key: string): never {
    return this.#values.get(key) as never;
  }
  set(key: string, value: unknown): void {
    this.#values.set(key, value);
  }
  header(name: string, value: string): void {
    this.#headers[name.toLowerCase()] = value;
  }
  status(status: number): void {
    this.#status = status;
  }
  json(json: unknown, status?: number, headers?: Headers): Answered {
    return this.#answer({ json }, 'application/json; charset=UTF-8', status, headers);
  }
  text(text: string, status?: number, headers?: Headers): Answered {
    return this.#answer({ bytes: text }, 'text/plain; charset=UTF-8', status, headers);
  }
  html(text: string, status?: number, headers?: Headers): Answered {
    return this.#answer({ bytes: text }, 'text/html; charset=UTF-8', status, headers);
  }
  body(bytes: string | Uint8Array | null, status?: number, headers?: Headers): Answered {
    return this.#answer({ bytes: bytes ?? '' }, typeof bytes === 'string' ? 'text/plain; charset=UTF-8' : null, status, headers);
  }
  redirect(location: string, status = 302): Answered {
    return this.body(null, status, { location });
  }
  notFound(): Answered {
    return this.#notFound(this);
  }

  #answer(body: Answered['body'], type: string | null, status = this.#status, headers: Headers = {}): Answered {
    const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    return { status, headers: { ...(type ? { 'content-type': type } : {}), ...Object.fromEntries(own) }, body };
  }
  /** The answer with the headers that handlers have set before and after it was made. */
  finished(answer: Answered): Answered {
    return { ...answer, headers: { ...answer.headers, ...this.#headers } };
  }
}

/** The request, as handlers ask for its parts. */
export class Question {
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly #headers: Asked['headers'];
  readonly #query: URLSearchParams;
  readonly #params: Readonly<Record<string, string>>;
  #body: string | Buffer;
  #json: { readonly value: unknown } | null = null;

  constructor({ method, headers, body }: Asked, url: URL, params: Readonly<Record<string, string>>) {
    this.method = method;
    this.url = url.href;
    this.path = url.pathname;
    this.#query = url.searchParams;
    this.#headers = headers;
    this.#params = params;
    this.#body = method === 'GET' || method === 'HEAD' ? '' : (body ?? '');
  }

  header(name: string): string | undefined {
    return this.#headers[name.toLowerCase()]?.toString();
  }
  query(name: string): string | undefined {
    return this.#query.get(name) ?? undefined;
  }
  queries(name: string): string[] | undefined {
    return this.#query.has(name) ? this.#query.getAll(name) : undefined;
  }
  param(): Record<string, string>;
  param(name: string): string;
  param(name?: string): string | Record<string, string> {
    return name === undefined ? { ...this.#params } : (this.#params[name] ?? '');
  }
  get isEmpty(): boolean {
    return this.#body.length === 0;
  }
  async text(): Promise<string> {
    return this.#body.toString();
  }
  /** Read once for all handlers: none of them changes it. */
  async json(): Promise<unknown> {
    this.#json ??= { value: JSON.parse(this.#body.toString()) };
    return this.#json.value;
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return new Uint8Array(Buffer.from(this.#body)).buffer;
  }
  async parseBody(): Promise<unknown> {
    const type = this.header('content-type') ?? '';
    if (type.includes('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(await this.text()));
    return type.includes('application/json') ? this.json().catch(() => ({})) : {};
  }
  /** From here on this is what the request says. */
  replaceBody(value: unknown): void {
    this.#body = JSON.stringify(value);
    this.#json = null;
  }
}

/** Asks the emulator, by its own routing, without a connection. */
export async function exchange(app: Dispatcher, origin: string, asked: Asked): Promise<Answered> {
  const url = new URL(origin + asked.path);
  const { handlers, params } = app.match(asked.method, url.pathname);
  const here = new Exchange(new Question(asked, url, params), (one) => app.notFoundHandler(one));
  try {
    return here.finished((await app.dispatch(here, handlers)) ?? here.notFound());
  } catch (error) {
    return here.finished(await app.errorHandler(error, here));
  }
}
