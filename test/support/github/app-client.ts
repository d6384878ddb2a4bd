// The App as a REST client, for the tests of this GitHub: signs its own tokens, as any App has to.
import { createSign } from 'node:crypto';
import { Octokit } from '@octokit/rest';
import type { LocalGitHub } from './local-github.ts';

/** @param at when it is signed, milliseconds since the epoch. */
export function appJwt({ app }: LocalGitHub, at = Date.now()): string {
  const now = Math.floor(at / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: now - 30, exp: now + 540, iss: String(app.id) })}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(app.privateKey, 'base64url')}`;
}

/** A client with the App's own token, for /app routes. */
export const asApp = (github: LocalGitHub) => new Octokit({ baseUrl: `${github.url}/api/v3`, auth: appJwt(github), log });

const ignore = () => {};
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** The App's installation at the account, with a token that covers what is asked for. */
export async function appClient(
  github: LocalGitHub,
  account: string,
  scope: { repositories?: string[]; permissions?: Record<string, string> } = {},
): Promise<Octokit> {
  const app = asApp(github);
  const { data: installation } = await app.apps.getUserInstallation({ username: account });
  const { data } = await app.apps.createInstallationAccessToken({ installation_id: installation.id, ...scope });
  return new Octokit({ auth: data.token, baseUrl: `${github.url}/api/v3`, log });
}
