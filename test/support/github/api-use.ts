// What the App's requests come to: by route, and how many of them count against GitHub's hourly limits.
import type { SeenRequest } from './traffic.ts';

export interface ApiUse {
  /** REST and GraphQL; what was not modified (304) and what git fetches count against no limit of the API's. */
  readonly counted: number;
  readonly unmodified: number;
  readonly git: number;
  /** How often each method and path were asked for, names and numbers left out; the most frequent first. */
  readonly routes: ReadonlyMap<string, number>;
}

/** @param of the App's requests alone are looked at. */
export function apiUse(of: readonly SeenRequest[]): ApiUse {
  const requests = of.filter(({ by }) => by.kind === 'app' || by.login === 'planwright[bot]');
  const routes = new Map<string, number>();
  for (const request of requests) {
    const route = `${request.method} ${routeOf(request.path)}${request.status === 304 ? ' (not modified)' : ''}`;
    routes.set(route, (routes.get(route) ?? 0) + 1);
  }
  const git = requests.filter(({ path }) => /\.git\//.test(path)).length;
  const unmodified = requests.filter(({ status }) => status === 304).length;
  return {
    counted: requests.length - git - unmodified,
    unmodified,
    git,
    routes: new Map([...routes].sort(([, a], [, b]) => b - a)),
  };
}

const routeOf = (path: string): string =>
  path
    .replace(/\?.*/, '')
    .replace(/^(?:\/repos)?\/[^/]+\/[^/]+\.git/, 'git')
    .replace(/^\/repos\/[^/]+\/[^/]+/, '')
    .replace(/\/[0-9a-f]{40}\b/g, '/SHA')
    .replace(/\/\d+\b/g, '/N')
    .replace(/(heads(?:%2F|\/)).+/, '$1BRANCH')
    .replace(/(contents\/).+/, '$1FILE')
    .replace(/(compare\/).+/, '$1COMMITS')
    .replace(/(collaborators\/)[^/]+/, '$1WHO');
