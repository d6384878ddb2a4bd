import type { Signal } from '../../domain/task/signal.ts';
import type { Permission } from '../../ports/forge/people.ts';

declare const checked: unique symbol;
/** The login of somebody GitHub's collaborator permission endpoint calls a writer; only `authorise` makes one. */
type Writer = string & { readonly [checked]: true };

type PersonSignal = Extract<Signal, { by: string }>;
/** A signal whose author was found to be a writer. */
export type Authorised<S extends PersonSignal = PersonSignal> = S & { readonly by: Writer };

const WRITERS: ReadonlySet<Permission> = new Set(['admin', 'maintain', 'write']);
export const mayWrite = (permission: Permission | null): boolean => permission !== null && WRITERS.has(permission);

/** The one place where a person's permission is weighed. `author_association` is not asked: GitHub documents it as unreliable. */
export const authorise = <S extends PersonSignal>(signal: S, permission: Permission | null): Authorised<S> | null =>
  mayWrite(permission) ? (signal as Authorised<S>) : null;
