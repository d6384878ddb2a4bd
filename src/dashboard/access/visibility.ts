import { fullName, type RepositoryRef } from '../../domain/repository.ts';
import type { Permission } from '../../ports/forge/people.ts';
import type { Visible } from '../../ports/history.ts';
import type { Viewer } from './session.ts';

type Person = Extract<Viewer, { kind: 'person' }>;

export interface VisibilityPorts {
  /** Those with tasks, the busiest last first. */
  readonly repositories: () => Promise<readonly RepositoryRef[]>;
  /** @throws when GitHub does not answer. */
  readonly permission: (repository: RepositoryRef, person: Person) => Promise<Permission>;
  readonly now: () => number;
  /** How long an answer is good, in milliseconds. */
  readonly keptMs: number;
}

/** Permissions that are asked for at once, and repositories that are asked about. */
const AT_ONCE = 10;
const REPOSITORIES_MAX = 500;
const REMEMBERED = 20_000;

const WRITERS: ReadonlySet<Permission> = new Set(['admin', 'maintain', 'write']);

/**
 * Which repositories' tasks somebody may see: with write access, as GitHub says now. It is found out for all of them at once and before
 * anything is looked up, so that a task that a person must not know of takes as long as one that does not exist.
 */
export function createVisibility({
  repositories,
  permission,
  now,
  keptMs,
}: VisibilityPorts): (viewer: Viewer) => Promise<Visible> {
  const known = new Map<string, { readonly at: number; readonly may: Promise<boolean> }>();

  function mayRead(repository: RepositoryRef, person: Person): Promise<boolean> {
    const key = `${person.id} ${fullName(repository).toLowerCase()}`;
    const found = known.get(key);
    if (found && now() - found.at < keptMs) return found.may;
    if (known.size >= REMEMBERED) known.clear();
    const may = permission(repository, person).then((level) => WRITERS.has(level));
    const entry = { at: now(), may };
    known.set(key, entry);
    may.catch(() => known.get(key) === entry && known.delete(key));
    return may;
  }

  return async (viewer) => {
    if (viewer.kind === 'operator') return 'all';
    const all = (await repositories()).slice(0, REPOSITORIES_MAX);
    const visible: string[] = [];
    let answered = 0;
    let problem: unknown = null;
    // One installation that GitHub does not answer for hides its repositories, and not those of the others.
    const ask = (repository: RepositoryRef): Promise<boolean> =>
      mayRead(repository, viewer).then(
        (may) => {
          answered += 1;
          return may;
        },
        (error: unknown) => {
          problem = error;
          return false;
        },
      );
    for (let i = 0; i < all.length; i += AT_ONCE) {
      const some = all.slice(i, i + AT_ONCE);
      const may = await Promise.all(some.map(ask));
      visible.push(...some.filter((_, j) => may[j]).map((repository) => fullName(repository).toLowerCase()));
    }
    if (answered === 0 && problem !== null) throw problem;
    return visible;
  };
}
