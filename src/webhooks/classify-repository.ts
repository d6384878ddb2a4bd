import type { EmitterWebhookEvent } from '@octokit/webhooks';
import type { RepositoryRef } from '../domain/repository.ts';
import type { RepositoryIds } from '../workflows/repository/installation-changes.ts';
import { type ClassifiedEvent, IGNORED } from './classified-event.ts';

type PayloadOf<N extends 'installation' | 'installation_repositories' | 'installation_target' | 'repository'> =
  EmitterWebhookEvent<N>['payload'];

/** Events of whole repositories: the App is installed or removed, a repository gets another name, owner or default branch. */
export function installation(payload: PayloadOf<'installation'>): ClassifiedEvent {
  const { id, account } = payload.installation;
  const owner = account && 'login' in account ? account.login : null;
  switch (payload.action) {
    case 'created':
    case 'unsuspend':
      return {
        kind: 'installed',
        owner,
        installation: id,
        repositories: payload.repositories ? refs(id, payload.repositories) : null,
        ...idsOf(payload.repositories ?? []),
      };
    case 'deleted':
    case 'suspend':
      return owner === null ? IGNORED : { kind: 'left', owner, names: null };
    default:
      return IGNORED;
  }
}

export function installationRepositories(payload: PayloadOf<'installation_repositories'>): ClassifiedEvent {
  const { id, account } = payload.installation;
  const owner = account && 'login' in account ? account.login : null;
  if (payload.action === 'added')
    return {
      kind: 'installed',
      owner,
      installation: id,
      repositories: refs(id, payload.repositories_added),
      ...idsOf(payload.repositories_added),
    };
  const removed = payload.repositories_removed.flatMap(({ id, full_name }) => (full_name ? [{ id, full_name }] : []));
  const left = refs(id, removed);
  return left[0] ? { kind: 'left', owner: left[0].owner, names: left.map((r) => r.name), ...idsOf(removed) } : IGNORED;
}

export function installationTarget({ changes, installation: { id } }: PayloadOf<'installation_target'>): ClassifiedEvent {
  // A user's new name is in `login`, an organisation's in some versions in `slug`.
  const from = changes.login?.from ?? changes.slug?.from;
  return from ? { kind: 'owner_moved', from, installation: id } : IGNORED;
}

export function repository(payload: PayloadOf<'repository'>): ClassifiedEvent {
  const { name, owner } = payload.repository;
  if (!payload.installation) return IGNORED;
  const now: RepositoryRef = { owner: owner.login, name, installation: payload.installation.id };
  switch (payload.action) {
    case 'renamed':
      return { kind: 'moved', from: { owner: owner.login, name: payload.changes.repository.name.from }, repository: now };
    case 'transferred': {
      const { user, organization } = payload.changes.owner.from;
      const former = user?.login ?? organization?.login;
      return former === undefined ? IGNORED : { kind: 'moved', from: { owner: former, name }, repository: now };
    }
    // While it was archived, nothing in it could be written, and events that came late were in vain.
    case 'unarchived':
      return { kind: 'observe_repository', repository: now };
    case 'edited':
      return payload.changes.default_branch ? { kind: 'observe_repository', repository: now } : IGNORED;
    case 'deleted':
      return { kind: 'left', owner: owner.login, names: [name] };
    default:
      return IGNORED;
  }
}

function refs(installation: number, repositories: readonly { readonly full_name: string }[]): RepositoryRef[] {
  return repositories.flatMap(({ full_name }) => {
    const [owner, name] = full_name.split('/');
    return owner && name ? [{ owner, name, installation }] : [];
  });
}

function idsOf(repositories: readonly { readonly id?: number | null; readonly full_name: string }[]): {
  readonly ids?: RepositoryIds;
} {
  const known = repositories.flatMap(({ id, full_name }) => (id == null ? [] : [[full_name.toLowerCase(), id] as const]));
  return known.length === 0 ? {} : { ids: Object.fromEntries(known) };
}
