import type { Environment } from './environment.ts';

/** Every value of the operator's settings that must never leave the process, for the redactor. */
export function secretsIn(env: Environment): string[] {
  const keys = Object.values(env.providers).flatMap((provider) => provider?.apiKey ?? []);
  const signIn = [env.dashboard?.github?.clientSecret, env.dashboard?.token].filter((secret) => secret != null);
  const headers = Object.values(env.traces?.headers ?? {}).flatMap(credentialsIn);
  return [env.privateKey, env.webhookSecret, ...signIn, ...keys, ...headers, ...databaseSecrets(env.databaseUrl)];
}

/** `Authorization: Bearer KEY` holds the key as a word of its own; a short value (a tenant's number) is no secret, and masking it would garble lines. */
const credentialsIn = (header: string): string[] => [header, ...header.split(/\s+/)].filter((part) => part.length >= 12);

/** A password that is also the name of the user or the database is no secret, and masking it would garble sentences. */
function databaseSecrets(url: string | null): string[] {
  if (url === null) return [];
  const { username, password, pathname } = new URL(url);
  const written = decodeURIComponent(password);
  return [username, pathname.slice(1)].includes(written) || written === '' ? [] : [url, written];
}
