import type { Signal } from '../../domain/task/signal.ts';
import type { Permission } from '../../ports/forge/people.ts';
import type { Settings } from '../../settings/repository-settings.ts';

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

/**
 * Who may start a plan: besides writers the bots that the settings name, and the triage role where they allow it. They may do nothing
 * else, and this holds for the label and `/plan` only.
 */
export const authoriseStart = <S extends PersonSignal>(
  signal: S,
  permission: Permission | null,
  { bots, roles }: Settings['trigger'],
): Authorised<S> | null => {
  const isStart = signal.kind === 'labelled' || (signal.kind === 'command' && signal.command.kind === 'plan');
  if (!isStart) return authorise(signal, permission);
  const isAllowed = isByBot(signal) ? includesLogin(signal.by, bots) : permission === 'triage' && roles.includes('triage');
  return isAllowed ? (signal as Authorised<S>) : authorise(signal, permission);
};

/** Written or done by an App. */
export const isByBot = (signal: Signal): boolean => 'bot' in signal && signal.bot === true;

/** Logins are the same in upper and lower case. */
export const includesLogin = (login: string, logins: readonly string[]): boolean =>
  logins.some((other) => other.toLowerCase() === login.toLowerCase());

/** The only place where a person's permission is judged. `author_association` is not used: GitHub documents it as unreliable. */
export const authorise = <S extends PersonSignal>(signal: S, permission: Permission | null): Authorised<S> | null =>
  mayWrite(permission) ? (signal as Authorised<S>) : null;
