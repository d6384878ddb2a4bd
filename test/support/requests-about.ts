import type { Repository } from './github/local-github.ts';
import type { SeenRequest } from './github/traffic.ts';

type Of = Pick<Repository, 'name'>;

/** The query by which the bot observes a task as a whole. */
export const observes =
  ({ name }: Of) =>
  ({ path, body }: SeenRequest): boolean =>
    path === '/graphql' && (body as { variables?: { repo?: string } } | undefined)?.variables?.repo === name;

/** Every request of the bot's about a repository, queries included. */
export const isBotsAbout =
  (repository: Of) =>
  (request: SeenRequest): boolean =>
    request.by.login === 'planwright[bot]' &&
    (new RegExp(`/${repository.name}(?:[/?]|$)`).test(request.path) || observes(repository)(request));
