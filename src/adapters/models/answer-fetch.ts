/** How long a provider may take until the head of its answer comes: where it cannot stream, that is the whole answer. */
export const ANSWER_TIMEOUT_MS = 10 * 60_000;

/** The part of undici's Dispatcher that fetch uses. */
interface Dispatcher {
  dispatch(options: object, handler: object): boolean;
}

/** Node's fetch is undici, which Node does not export; this is where undici itself keeps the dispatcher of the process. */
const PROCESS_WIDE = Symbol.for('undici.globalDispatcher.1');

function processWide(): Dispatcher | null {
  // Node loads its fetch, and with it the dispatcher, when one of its classes is first used.
  void Headers;
  return (globalThis as { readonly [PROCESS_WIDE]?: Dispatcher })[PROCESS_WIDE] ?? null;
}

/**
 * The dispatcher of the process, with its proxies, except that its timeouts are longer: by itself fetch ends a request whose answer
 * has no head after 5 minutes. The SDK ends it at ANSWER_TIMEOUT_MS, so here it has no limit; a stream may be silent for as long.
 */
const withLongerTimeouts: Dispatcher = {
  dispatch(options, handler) {
    const dispatcher = processWide();
    if (!dispatcher) throw new Error('The dispatcher of the process is gone.');
    return dispatcher.dispatch({ ...options, headersTimeout: 0, bodyTimeout: ANSWER_TIMEOUT_MS }, handler);
  },
};

/**
 * What the SDKs add to each request. A redirect would take the prompt, and perhaps the key, to a server that the operator has not
 * named; it is an error instead. A Node that keeps its dispatcher elsewhere has its own limits.
 */
export function answerFetchOptions(): AnswerFetchOptions {
  const options = { redirect: 'manual', ...(processWide() && { dispatcher: withLongerTimeouts }) };
  // Its type asks for methods of a Dispatcher that fetch does not use.
  return options as AnswerFetchOptions;
}

type AnswerFetchOptions = Pick<RequestInit, 'redirect' | 'dispatcher'>;
