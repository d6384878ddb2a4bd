// The REST endpoints that planning asks for, and the one GraphQL query, answered from memory.
import type { Deliveries } from '../deliveries.ts';
import { answerQuery } from '../graphql.ts';
import { APP, OWNER, type Repository, type World } from '../world.ts';
import { checkRoutes } from './checks.ts';
import { conversationRoutes } from './conversations.ts';
import { gitDataRoutes } from './git-data.ts';
import { type Answer, type Api, type Json, made, NOT_FOUND, ok, type Route } from './route.ts';
import { shapesAt } from './shapes.ts';

export interface Rest {
  answer(method: string, path: string, body: Json): Answer;
  /** How often each method and pattern was asked for. */
  readonly asked: ReadonlyMap<string, number>;
}

export interface RestOptions {
  readonly world: World;
  readonly url: string;
  readonly deliveries: Deliveries;
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
  readonly noteStatus: Api['noteStatus'];
}

export function createRest({ permissions, events, ...parts }: RestOptions): Rest {
  const api: Api = { ...parts, shapes: shapesAt(parts.url) };
  const asked = new Map<string, number>();
  const ofApp = appRoutes(api, permissions, events);
  const ofRepository: readonly Route[] = [
    ['GET', /^$/, ({ repository }) => ok(api.shapes.repository(repository))],
    ['GET', /^\/collaborators\/([^/]+)\/permission$/, ({ found: [login = ''] }) => ok(writerCalled(login))],
    ...gitDataRoutes(api),
    ...conversationRoutes(api),
    ...checkRoutes(api),
  ];
  const count = (what: string): void => void asked.set(what, (asked.get(what) ?? 0) + 1);
  const nowhere = { name: '' } as Repository;

  return {
    asked,
    answer(method, path, body) {
      const [encoded = '', search = ''] = path.split('?', 2);
      // Octokit escapes the slashes in names of branches and files.
      const bare = decodeURIComponent(encoded);
      const [, name, rest] = new RegExp(`^/repos/${OWNER}/([^/]+)(.*)$`).exec(bare) ?? [];
      const repository = name === undefined ? nowhere : api.world.repositories.get(name);
      const routes = name === undefined ? ofApp : ofRepository;
      for (const [of, pattern, answer] of repository ? routes : []) {
        const match = of === method ? pattern.exec(rest ?? bare) : null;
        if (!match) continue;
        count(`${method} ${pattern.source}`);
        return answer({ repository: repository ?? nowhere, found: match.slice(1), query: new URLSearchParams(search), body });
      }
      count(`not here: ${method} ${bare.replace(/[0-9a-f]{40}|\d+/g, 'N')}`);
      return NOT_FOUND;
    },
  };
}

const writerCalled = (login: string): object => ({
  ...{ permission: 'write', role_name: 'write' },
  user: { login, id: 3, type: 'User' },
});

/** What is not about a repository. */
function appRoutes({ world, url, shapes }: Api, permissions: object, events: readonly string[]): readonly Route[] {
  const app = { id: APP.id, slug: APP.slug, html_url: `${url}/apps/${APP.slug}`, permissions, events, owner: shapes.account() };
  const hook = { url: 'https://bots.example/api/github/webhooks', content_type: 'json', secret: '********', insecure_ssl: '0' };
  const installation = {
    id: APP.installation,
    account: shapes.account(),
    suspended_at: null,
    html_url: url,
    permissions,
    events,
  };
  const repositories = [...world.repositories.values()].map(shapes.repository);
  const token = (): object => ({
    ...{ token: 'ghs_forTheBenchmark', permissions },
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
  });
  return [
    ['GET', /^\/app$/, () => ok(app)],
    ['GET', /^\/app\/hook\/config$/, () => ok(hook)],
    ['GET', /^\/app\/hook\/deliveries$/, () => ok([])],
    ['GET', /^\/app\/installations$/, () => ok([installation])],
    ['POST', /^\/app\/installations\/\d+\/access_tokens$/, () => made(token())],
    ['GET', /^\/installation\/repositories$/, () => ok({ total_count: repositories.length, repositories })],
    ['POST', /^\/graphql$/, ({ body }) => ok(answerQuery(world, url, String(body.query), (body.variables ?? {}) as Json))],
    ['HEAD', /^/, () => ok(null)],
  ];
}
