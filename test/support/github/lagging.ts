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
  /** also what GitHub refuses more seldom: any write to a comment, a pull request, a check or a branch that was just made */
  anywhere?: boolean;
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
  /** when it was read so */
  at: number;
}

export interface Lagging {
  set(lag: Lag | null): void;
  /** Instead of the true answer, or undefined. `truth` is asked for when an old one must be made of it. */
  answer(request: SeenRequest, truth: () => Promise<Answered>): Promise<CannedResponse | undefined>;
  /** A request was answered truly; how, is asked for where replicas are behind. */
  answered(request: SeenRequest, answer: () => Answered): void;
}

const MADE_AT = ['submitted_at', 'created_at', 'started_at'];
/** Lists that come wrapped, by the name of the list. */
const WRAPPED = ['check_runs', 'check_suites', 'statuses', 'repositories'];

/** Replicas are behind by seconds: a query that was not asked since so many writes is not answered with what it was told before them. */
const OLDEST = 3;
/** Nor is any read answered with what a write has changed so many milliseconds ago. */
const BEHIND_MS = 2_000;

export function createLagging(): Lagging {
  let lag: Lag | null = null;
  let writes = 0;
  /** when each area of a repository was last written to: count and time */
  const written = new Map<string, { write: number; at: number }>();
  const writesTo = new Map<string, number>();
  const latestWrites = new Map<string, number[]>();
  /** when each branch was made */
  const branches = new Map<string, number>();
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
    const made = lag?.anywhere ? madeAs(request.path) : undefined;
    if (made === undefined || !spend(made)) return undefined;
    return made.includes(' refs/') ? { status: 422, body: { message: 'Reference does not exist' } } : MISSING;
  }

  /** Whether replicas must have seen by now what was written to the area after a read. */
  const isCaughtUp = (area: string, readAt: number): boolean => {
    const since = latestWrites.get(area)?.find((at) => at >= readAt);
    return since !== undefined && since < Date.now() - BEHIND_MS;
  };

  /** A list without what was made since; an object that was made since is not there at all. Undefined: nobody can know how it was. */
  function before(truth: Answered, since: number, path: string): CannedResponse | undefined {
    if (truth.status !== 200) return { status: truth.status, body: truth.body };
    const json = JSON.parse(truth.body) as unknown;
    const isOld = (item: Json) => {
      const at = MADE_AT.map((name) => item[name]).find((value) => typeof value === 'string');
      // GitHub's times are whole seconds, the emulator's are not.
      return at === undefined || Date.parse(String(at)) < since;
    };
    const [, repo, ref] = /^\/repos\/([^/]+\/[^/]+)\/git\/ref\/(.+)$/.exec(path) ?? [];
    const wasThere = (item: Json) =>
      ref === undefined ? isOld(item) : (branches.get(`${repo} refs/${decodeURIComponent(ref)}`) ?? 0) < since;
    const answer = (body: unknown) => ({ status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body });
    if (Array.isArray(json)) return answer((json as Json[]).filter(isOld));
    const list = WRAPPED.find((name) => Array.isArray((json as Json)[name]));
    if (list === undefined) return wasThere(json as Json) ? undefined : MISSING;
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
      const known = watched.get(key) ?? { since: 0, left: 0, memory: undefined, age: 0, at: 0 };
      watched.set(key, known);
      if (known.since !== change.write) Object.assign(known, { since: change.write, left: lag.reads });
      if (known.left === 0) return undefined;
      known.left -= 1;
      const isTooOld = request.path === '/graphql' && (writesTo.get(area ?? '') ?? 0) - known.age > OLDEST;
      if (known.memory && !isTooOld && !isCaughtUp(area ?? '', known.at)) return { ...known.memory };
      if (known.memory && request.path !== '/graphql') return undefined;
      // GraphQL asked for the first time: there is no list to take anything from.
      return request.path === '/graphql' ? undefined : before(await truth(), change.at, request.path);
    },

    answered(request, answerOf) {
      if (!lag) return;
      const answer = answerOf();
      if (isRead(request)) {
        if (request.by.kind !== 'installation' || answer.status >= 500) return;
        const key = keyOf(request);
        const area = areaRead(request) ?? '';
        const known = watched.get(key) ?? { since: written.get(area)?.write ?? 0, left: 0, memory: undefined, age: 0, at: 0 };
        Object.assign(known, { memory: answer, age: writesTo.get(area) ?? 0, at: request.at.getTime() });
        watched.set(key, known);
        return;
      }
      if (answer.status >= 300) return;
      writes += 1;
      for (const area of [...areasOf(request), ...graphqlAfter(request)]) {
        written.set(area, { write: writes, at: request.at.getTime() });
        writesTo.set(area, (writesTo.get(area) ?? 0) + 1);
        latestWrites.set(area, [...(latestWrites.get(area) ?? []), request.at.getTime()]);
      }
      const made = (answer.status === 201 ? parsed(answer.body) : null) as Json | null;
      const refusals = lag.refusals ?? 1;
      if (/\/git\/commits$/.test(request.path) && typeof made?.sha === 'string') fresh.set(made.sha, refusals);
      const name = made ? madeBy(request.path, made) : undefined;
      if (name?.includes(' refs/')) branches.set(name, request.at.getTime());
      if (name !== undefined && lag.anywhere) fresh.set(name, refusals);
      const [, repo, kind] = /^\/repos\/([^/]+\/[^/]+)\/(issues|pulls)$/.exec(request.path) ?? [];
      if (repo !== undefined && typeof made?.number === 'number') {
        if (kind === 'pulls') fresh.set(`${repo}#${made.number}`, refusals);
        written.set(`${repo}#${made.number}`, { write: writes, at: request.at.getTime() });
      }
    },
  };
}

const MISSING = {
  status: 404,
  body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' },
};

/** What a write is about, by the name under which its making is remembered; an issue's pull request is made with it. */
function madeAs(path: string): string | undefined {
  const [, repo, kind, id] =
    /^\/repos\/([^/]+\/[^/]+)\/(issues\/comments|issues|pulls|check-runs)\/(\d+)(?:\/|$)/.exec(path) ?? [];
  if (id !== undefined) return `${repo} ${kind === 'issues' ? 'pulls' : kind}/${id}`;
  const [, at, ref] = /^\/repos\/([^/]+\/[^/]+)\/git\/refs\/(.+)$/.exec(path) ?? [];
  return ref === undefined ? undefined : `${at} refs/${decodeURIComponent(ref)}`;
}

/** The same name, told by the request that made it and its answer. */
function madeBy(path: string, made: Json): string | undefined {
  const [, repo, kind] = /^\/repos\/([^/]+\/[^/]+)\/(issues\/\d+\/comments|pulls|check-runs|git\/refs)$/.exec(path) ?? [];
  if (kind === 'git/refs') return `${repo} ${made.ref}`;
  if (kind === 'pulls') return `${repo} pulls/${made.number}`;
  if (kind !== undefined) return `${repo} ${kind === 'check-runs' ? kind : 'issues/comments'}/${made.id}`;
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
