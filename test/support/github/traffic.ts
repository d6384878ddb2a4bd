// Everything that came in, in order, and the ways a test interferes with it: faults, and holding a request at a chosen point.
import type { IncomingHttpHeaders } from 'node:http';
import type { Changes } from './waiting.ts';

/** Who sent a request, as far as the token tells. */
export type Identity =
  | { kind: 'app'; login: string }
  | { kind: 'installation'; login: string; permissions: Readonly<Record<string, string>> }
  | { kind: 'user'; login: string }
  | { kind: 'anonymous'; login: '' }
  | { kind: 'unknown token'; login: '' };

/** A request as it came in. */
export interface Incoming {
  readonly method: string;
  /** from the slash after the host on */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface SeenRequest {
  method: string;
  /** without the /api/v3 prefix, with the query */
  path: string;
  body?: unknown;
  /** undefined while it is being handled, and when the connection was cut instead of answered */
  status: number | undefined;
  at: Date;
  by: Identity;
  /** what GitHub's description says against the App's request or its answer; see description/ */
  objections?: readonly string[];
}

export interface Pattern {
  method?: string;
  path?: RegExp;
  /** the login of who sent it, `planwright[bot]` for the App's installation */
  by?: string;
  /** anything else about it, the body for instance */
  where?: (request: SeenRequest) => boolean;
}

export interface CannedResponse {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** the request is performed first; its sender only hears this */
  performed?: boolean;
}

/**
 * `drop` cuts the connection unperformed; `drop-after` performs the request and cuts the connection before it answers, `drop-within` in the
 * middle of the answer.
 */
type FaultResponse = CannedResponse | 'drop' | 'drop-after' | 'drop-within';
/** What becomes of a request: it goes on, is answered this, or its connection is cut, before or in the middle of the answer. */
type Verdict = 'go on' | 'cut' | 'cut within' | CannedResponse;

export interface Fault extends Pattern {
  respond: FaultResponse;
  /** how many matching requests it spoils; 1 unless told */
  times?: number;
}

export interface Held {
  /** the request, once it has arrived at the chosen point */
  reached: Promise<SeenRequest>;
  /** lets it go on */
  release(): void;
  /** cuts its connection; held `before`, it is then never performed */
  abandon(): void;
}

interface Hold extends Pattern {
  when: 'before' | 'after';
  release(): void;
  arrive(request: SeenRequest): void;
  verdict: Promise<'go on' | 'cut'>;
}

export interface Traffic {
  readonly requests: SeenRequest[];
  fault(fault: Fault): void;
  hold(pattern: Pattern & { when?: 'before' | 'after' }): Held;
  onRequest(listener: (request: SeenRequest) => void): void;
  /** Runs after each matching request was performed, whatever becomes of its answer, which nobody hears before. */
  afterwards(pattern: Pattern, run: (request: SeenRequest) => Promise<void>): void;
  /** Whatever is held goes on, and nothing more is held, spoiled or followed. */
  forgetInterference(): void;
  seen(request: SeenRequest): void;
  /** What to do with this request now. */
  interfere(request: SeenRequest, when: 'before' | 'after'): Promise<Verdict>;
  answered(request: SeenRequest, status: number | undefined): void;
}

const matches = ({ method, path, by, where }: Pattern, request: SeenRequest): boolean =>
  (method === undefined || method === request.method) &&
  (path === undefined || path.test(request.path)) &&
  (by === undefined || by === request.by.login) &&
  (where === undefined || where(request));

export function createTraffic(changes: Changes): Traffic {
  const requests: SeenRequest[] = [];
  const listeners: ((request: SeenRequest) => void)[] = [];
  const faults: (Fault & { times: number })[] = [];
  const holds: Hold[] = [];
  /** Also those that a request has come to. */
  const all = new Set<Hold>();
  const followers: { pattern: Pattern; run: (request: SeenRequest) => Promise<void> }[] = [];
  const spoiledAfter = new Map<SeenRequest, Verdict>();

  function faultFor(request: SeenRequest): FaultResponse | undefined {
    const fault = faults.find((candidate) => candidate.times > 0 && matches(candidate, request));
    if (!fault) return undefined;
    fault.times -= 1;
    return fault.respond;
  }

  return {
    requests,
    fault: (fault) => void faults.push({ times: 1, ...fault }),
    hold({ when = 'before', ...pattern }) {
      const reached = Promise.withResolvers<SeenRequest>();
      const verdict = Promise.withResolvers<'go on' | 'cut'>();
      const release = () => verdict.resolve('go on');
      const hold: Hold = { ...pattern, when, arrive: reached.resolve, release, verdict: verdict.promise };
      holds.push(hold);
      all.add(hold);
      return { reached: reached.promise, release, abandon: () => verdict.resolve('cut') };
    },
    forgetInterference() {
      for (const hold of all) hold.release();
      for (const list of [holds, faults, followers, listeners]) list.length = 0;
      all.clear();
    },
    onRequest: (listener) => void listeners.push(listener),
    afterwards: (pattern, run) => void followers.push({ pattern, run }),
    seen(request) {
      requests.push(request);
      for (const listener of listeners) listener(request);
    },
    async interfere(request, when) {
      if (when === 'after') for (const { pattern, run } of followers) if (matches(pattern, request)) await run(request);
      const index = holds.findIndex((hold) => hold.when === when && matches(hold, request));
      const [hold] = index < 0 ? [] : holds.splice(index, 1); // one request each
      if (hold) {
        hold.arrive(request);
        changes.happened(repositoryIn(request));
        if ((await hold.verdict) === 'cut') return 'cut';
      }
      if (when === 'after') {
        const spoiled = spoiledAfter.get(request);
        spoiledAfter.delete(request);
        return spoiled ?? 'go on';
      }
      const respond = faultFor(request);
      if (respond === undefined) return 'go on';
      if (respond === 'drop') return 'cut';
      if (typeof respond === 'object' && !respond.performed) return respond;
      spoiledAfter.set(request, respond === 'drop-after' ? 'cut' : respond === 'drop-within' ? 'cut within' : respond);
      return 'go on';
    },
    answered(request, status) {
      request.status = status;
      // Reading changes nothing; were it news, a condition that reads would wake itself for ever.
      if (!isRead(request)) changes.happened(repositoryIn(request));
    },
  };
}

const isRead = ({ method, path, body }: SeenRequest): boolean =>
  method === 'GET' ||
  path.endsWith('/git-upload-pack') ||
  (path === '/graphql' && !/^\s*mutation\b/.test(String((body as { query?: unknown } | undefined)?.query)));

/** The full name of the repository that a request is about; null where its path names none. */
const repositoryIn = ({ path }: SeenRequest): string | null =>
  (/^\/repos\/([^/?]+\/[^/?]+)/.exec(path) ?? /^\/([^/?]+\/[^/?]+)\.git(?:[/?]|$)/.exec(path))?.[1] ?? null;

/** The last things that happened, for the error of a wait that failed. */
export function story(requests: readonly SeenRequest[], count: number): string[] {
  return requests.slice(-count).map(({ at, by, method, path, status }) => {
    const who = by.login || by.kind;
    return `  ${at.toISOString().slice(11, 23)} ${who} ${method} ${path} -> ${status ?? 'not answered'}`;
  });
}
