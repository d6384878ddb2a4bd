import type { Person } from '../../ports/forge/people.ts';

/** What every payload says about who did something; null for an account that was deleted. */
export interface Account {
  readonly id?: number;
  readonly login: string;
  readonly type?: string;
}

/** An account as GraphQL tells of it. A bot's login is without its `[bot]` there. */
export interface Actor {
  readonly __typename: string;
  readonly login: string;
  readonly databaseId?: number | null;
}

export function accountOf(actor: Actor | null): Account | null {
  if (actor === null) return null;
  const isBot = actor.__typename === 'Bot';
  const id = typeof actor.databaseId === 'number' ? { id: actor.databaseId } : {};
  return { ...id, login: isBot ? `${actor.login}[bot]` : actor.login, type: actor.__typename };
}

/** Who this App is: `id` as in its settings, `botLogin` is the author GitHub shows for what its installations write. */
export interface AppIdentity {
  readonly id: number;
  readonly botLogin: string;
}

/** GitHub shows deleted accounts as the user `ghost`. */
const GHOST: Person = { login: 'ghost', bot: false };

export const personFrom = (account: Account | null | undefined): Person =>
  account
    ? { ...(account.id === undefined ? {} : { id: account.id }), login: account.login, bot: account.type === 'Bot' }
    : GHOST;

/**
 * Whether one of this App's installations wrote it. The account must be a bot's: GitHub also sets `performed_via_github_app`
 * on what a person writes with a user token of the App, and with the device flow anyone can get such a token knowing only
 * the App's public client id. Markers in comments are trusted on this answer.
 */
export function isWrittenByApp(
  app: AppIdentity,
  account: Account | null | undefined,
  via?: { readonly id?: number } | null,
): boolean {
  if (account?.type !== 'Bot') return false;
  return via?.id === app.id || account.login === app.botLogin;
}
