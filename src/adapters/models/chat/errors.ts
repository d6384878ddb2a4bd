/**
 * Reads the body of an error in the shapes that servers use. The SDK knows only OpenAI's, and would lose the message of all others.
 */
export async function fetchWithReadableErrors(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (response.ok) return response;
  const text = await response.text();
  const { status, retryAfter, error } = readError(response.status, text);
  const headers = new Headers({ 'content-type': 'application/json' });
  const wait = response.headers.get('retry-after') ?? retryAfter;
  if (wait !== null) headers.set('retry-after', wait);
  return new Response(JSON.stringify({ error }), { status, headers });
}

interface ReadError {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly error: { readonly message: string | null; readonly code: unknown };
}

function readError(status: number, text: string): ReadError {
  const body = parsed(text);
  // Gemini wraps it in a list; Ollama, FastAPI and older vLLM do not wrap it in `error`.
  const first = Array.isArray(body) ? body[0] : body;
  const inner = field(first, 'error') ?? field(first, 'detail') ?? first;
  const message = typeof inner === 'string' ? inner : (field(inner, 'message') ?? (typeof inner === 'object' ? null : text));
  const details = field(inner, 'details');
  const facts = Array.isArray(details) ? details : [];
  // Gemini answers a wrong key with 400, and gives the time to wait only in the body: "34s".
  const badKey = facts.some((fact) => field(fact, 'reason') === 'API_KEY_INVALID');
  const delay = facts.map((fact) => field(fact, 'retryDelay')).find((value) => typeof value === 'string');
  return {
    status: badKey ? 401 : status,
    retryAfter: delay ? delay.replace(/s$/, '') : null,
    error: { message: typeof message === 'string' ? message : null, code: field(inner, 'code') ?? null },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && name in value ? (value as Record<string, unknown>)[name] : undefined;
