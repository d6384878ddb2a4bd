import type { Signal } from '../../domain/task/signal.ts';
import type { Permission } from '../../ports/forge/people.ts';

declare const checked: unique symbol;
/**
 * The login of a person with write access, according to GitHub's collaborator permission endpoint; only `authorise` creates one.
 */
type Writer = string & { readonly [checked]: true };

type PersonSignal = Extract<Signal, { by: string }>;
/** A signal whose author was found to be a writer. */
export type Authorised<S extends PersonSignal = PersonSignal> = S & { readonly by: Writer };

const WRITERS: ReadonlySet<Permission> = new Set(['admin', 'maintain', 'write']);
export const mayWrite = (permission: Permission | null): boolean => permission !== null && WRITERS.has(permission);

/** The only place where a person's permission is judged. `author_association` is not used: GitHub documents it as unreliable. */
export const authorise = <S extends PersonSignal>(signal: S, permission: Permission | null): Authorised<S> | null =>
  mayWrite(permission) ? (signal as Authorised<S>) : null;
