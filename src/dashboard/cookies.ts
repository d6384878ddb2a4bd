import type { DashboardRequest } from './answers.ts';

/** `__Host-`: browsers take them over HTTPS only (or on this machine), for this host and no other. */
export const SESSION_COOKIE = '__Host-planwright';
export const SIGN_IN_COOKIE = '__Host-planwright-sign-in';

/** The first of a name counts, as browsers send the most specific one first. */
export function cookiesOf({ headers }: DashboardRequest): ReadonlyMap<string, string> {
  const sent = typeof headers.cookie === 'string' ? headers.cookie : '';
  const pairs = sent.split(/; */).map((pair): [string, string] => {
    const at = pair.indexOf('=');
    return [pair.slice(0, Math.max(0, at)), pair.slice(at + 1)];
  });
  return new Map(pairs.reverse());
}

export const cookie = (name: string, value: string, ms: number): string =>
  `${name}=${value}; Path=/; Max-Age=${Math.floor(ms / 1_000)}; HttpOnly; Secure; SameSite=Lax`;
