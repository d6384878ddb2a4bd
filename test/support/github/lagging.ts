// GitHub's read replicas: what was just written is not there yet, what was just changed is still as it was. Only the App under test
// sees it so; people look at what is.
import { createHash } from 'node:crypto';
import type { CannedResponse, SeenRequest } from './traffic.ts';
import type { Json } from './world.ts';

export interface Lag {
  /** so many reads of an address see it as it was before a write or a delivery */
  reads: number;
  /** so many writes onto what was just made are refused; 1 unless given */
  refusals?: number;
}

interface Answered {
  status: number;
  headers: Record<string, string>;
  body: string;
}

interface Watched {
  /** the write after which it is behind */
  since: number;
  left: number;
  /** as it was when it was last read whole, and how often its area had been written to by then */
  memory: Answered | undefined;
  age: number;
}

export interface Lagging {
  set(lag: Lag | null): void;
  /** Instead of the true answer, or undefined. `truth` is asked for when an old one must be made of it. */
  answer(request: SeenRequest, truth: () => Promise<Answered>): Promise<CannedResponse | undefined>;
  /** A request was answered truly. */
  answered(request: SeenRequest, answer: Answered): void;
}

const MADE_AT = ['submitted_at', 'created_at', 'started_at'];
/** Lists that come wrapped, by the name of the list. */
const WRAPPED = ['check_runs', 'check_suites', 'statuses', 'repositories'];

/** Replicas are behind by seconds: a query that was not asked since so many writes is not answered with what it was told before them. */
const OLDEST = 3;

export function createLagging(): Lagging {
  let lag: Lag | null = null;
  let writes = 0;
  /** when each area of a repository was last written to: count and time */
  const written = new Map<string, { write: number; at: number }>();
  const writesTo = new Map<string, number>();
  const watched = new Map<string, Watched>();
  /** what was made a moment ago, and how many writes onto it are refused yet */
  const fresh = new Map<string, number>();

  const areasOf = ({ path, method, body }: SeenRequest): readonly string[] => {
    const [, repo, rest = ''] = /^\/repos\/([^/]+\/[^/?]+)\/?([^?]*)/.exec(path) ?? [];
    if (repo === undefined) return path === '/graphql' && method === 'POST' ? [graphqlOf(body)] : [];
    const number = /^(?:issues|pulls)\/(\d+)/.exec(rest)?.[1];
    if (number !== undefined) return [`${repo}#${number}`, `${repo} conversations`];
    if (/^(?:issues|pulls)(?:$|\/comments)/.test(rest)) return [`${repo} conversations`];
    if (/^git\/(?:refs|ref|matching-refs)/.test(rest)) return [`${repo} references`];
    if (/^(?:check-runs|check-suites|statuses|commits\/.+\/(?:check-runs|check-suites|status))/.test(rest))
      return [`${repo} checks`];
    return [];
  };
  /** A query about a repository is behind by its writes, one about a node by any. */
  const graphqlOf = (body: unknown): string => {
    const { owner, repo } = ((body as Json | undefined)?.variables ?? {}) as Json;
    return owner && repo ? `graphql ${owner}/${repo}` : 'graphql';
  };
  /** What is behind after a write, besides its own areas. */
  const graphqlAfter = ({ path }: SeenRequest): readonly string[] => {
    const [, repo] = /^\/repos\/([^/]+\/[^/?]+)/.exec(path) ?? [];
    const every = [...written.keys()].filter((area) => area.startsWith('graphql '));
    return ['graphql', ...(repo === undefined ? every : [`graphql ${repo}`])];
  };
  /** One conversation is behind only by its own writes; lists of all are by any. */
  const areaRead = (request: SeenRequest) => areasOf(request)[0];

  const isRead = ({ method, path, body }: SeenRequest) =>
    method === 'GET' ||
    (path === '/graphql' &&
      !String((body as Json | undefined)?.query ?? '')
        .trimStart()
        .startsWith('mutation'));

  const keyOf = ({ path, body }: SeenRequest) =>
    path === '/graphql' ? `graphql ${createHash('sha256').update(JSON.stringify(body)).digest('hex')}` : path;

  function refusal(request: SeenRequest): CannedResponse | undefined {
    const spend = (name: string) => {
      const left = fresh.get(name) ?? 0;
      fresh.set(name, left - 1);
      return left > 0;
    };
    const sha = String((request.body as Json | undefined)?.sha ?? '');
    if (/\/git\/refs(?:\/|$)/.test(request.path) && sha && spend(sha))
      return {
        status: 422,
        body: { message: 'Object does not exist', documentation_url: 'https://docs.github.com/rest/git/refs' },
      };
    const [, repo, number] =
      /^\/repos\/([^/]+\/[^/]+)\/(?:issues|pulls)\/(\d+)\/(?:labels|requested_reviewers)$/.exec(request.path) ?? [];
    if (request.method === 'POST' && number !== undefined && spend(`${repo}#${number}`)) {
      const errors = [{ message: `Could not resolve to a node with the global id of 'PR_${number}'.` }];
      return { status: 422, body: { message: 'Validation Failed', errors } };
    }
    return undefined;
  }

  /** A list without what was made since; an object is not there at all. */
  function before(truth: Answered, since: number): CannedResponse {
    const missing = {
      status: 404,
      body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' },
    };
    if (truth.status !== 200) return { status: truth.status, body: truth.body };
    const json = JSON.parse(truth.body) as unknown;
    const isOld = (item: Json) => {
      const at = MADE_AT.map((name) => item[name]).find((value) => typeof value === 'string');
      // GitHub's times are whole seconds, the emulator's are not.
      return at === undefined || Date.parse(String(at)) < since;
    };
    const answer = (body: unknown) => ({ status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body });
    if (Array.isArray(json)) return answer((json as Json[]).filter(isOld));
    const list = WRAPPED.find((name) => Array.isArray((json as Json)[name]));
    if (list === undefined) return missing;
    const left = ((json as Json)[list] as Json[]).filter(isOld);
    return answer({ ...(json as Json), total_count: left.length, [list]: left });
  }

  return {
    set(next) {
      lag = next;
      watched.clear();
      fresh.clear();
      written.clear();
    },

    async answer(request, truth) {
      if (!lag || request.by.kind !== 'installation' || !request.by.login.startsWith('planwright')) return undefined;
      if (!isRead(request)) return refusal(request);
      const area = areaRead(request);
      const change = area === undefined ? undefined : written.get(area);
      if (!change) return undefined;
      const key = keyOf(request);
      const known = watched.get(key) ?? { since: 0, left: 0, memory: undefined, age: 0 };
      watched.set(key, known);
      if (known.since !== change.write) Object.assign(known, { since: change.write, left: lag.reads });
      if (known.left === 0) return undefined;
      known.left -= 1;
      const isTooOld = request.path === '/graphql' && (writesTo.get(area ?? '') ?? 0) - known.age > OLDEST;
      if (known.memory && !isTooOld) return { ...known.memory };
      // GraphQL asked for the first time: there is no list to take anything from.
      return request.path === '/graphql' ? undefined : before(await truth(), change.at);
    },

    answered(request, answer) {
      if (!lag) return;
      if (isRead(request)) {
        if (request.by.kind !== 'installation' || answer.status >= 500) return;
        const key = keyOf(request);
        const area = areaRead(request) ?? '';
        const known = watched.get(key) ?? { since: written.get(area)?.write ?? 0, left: 0, memory: undefined, age: 0 };
        Object.assign(known, { memory: answer, age: writesTo.get(area) ?? 0 });
        watched.set(key, known);
        return;
      }
      if (answer.status >= 300) return;
      writes += 1;
      for (const area of [...areasOf(request), ...graphqlAfter(request)]) {
        written.set(area, { write: writes, at: request.at.getTime() });
        writesTo.set(area, (writesTo.get(area) ?? 0) + 1);
      }
      const made = (answer.status === 201 ? parsed(answer.body) : null) as Json | null;
      const refusals = lag.refusals ?? 1;
      if (/\/git\/commits$/.test(request.path) && typeof made?.sha === 'string') fresh.set(made.sha, refusals);
      const [, repo, kind] = /^\/repos\/([^/]+\/[^/]+)\/(issues|pulls)$/.exec(request.path) ?? [];
      if (repo !== undefined && typeof made?.number === 'number') {
        if (kind === 'pulls') fresh.set(`${repo}#${made.number}`, refusals);
        written.set(`${repo}#${made.number}`, { write: writes, at: request.at.getTime() });
      }
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
