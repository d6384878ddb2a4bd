// What every route of the local GitHub works on, and the two questions all of them ask: who is this, and what does the
// emulator say about that thing.
import type { Context, Emulator, Tables, TokenHolder } from './emulate.ts';
import { exchange } from './exchange.ts';
import type { GitStore } from './git-store.ts';
import type { Links } from './json.ts';
import type { AppRow, RepositoryRow, UserRow } from './rows.ts';
import type { Webhooks } from './webhooks.ts';

export type Json = Record<string, unknown>;

export interface World {
  url: string;
  emulator: Emulator;
  tables: Tables;
  git: GitStore;
  webhooks: Webhooks;
  links: Links;
  /** what ids of what the emulator does not keep (checks, statuses, reactions) begin after */
  firstId: number;
  /** commits GitHub itself signed, because an App made them without naming an author */
  signed: Set<string>;
}

export const BOT_MARK = '[bot]';

let reads = 0;

/** GET on the emulator itself, seeing everything the owner's installation could; what it answers is not yet corrected. */
export async function read(world: World, repo: RepositoryRow, path: string): Promise<Json> {
  // a token of its own per few thousand reads: the emulator stops each token after 5,000 requests
  const token = `internal:${repo.owner_type}:${repo.owner_id}:${Math.floor(reads++ / 4000)}`;
  if (!world.emulator.tokens.has(token)) world.emulator.tokens.set(token, everything(repo));
  const asked = { method: 'GET', path: `/repos/${repo.full_name}${path}`, headers: { authorization: `token ${token}` } };
  const { status, body } = await exchange(world.emulator.app, world.url, asked);
  if (status !== 200 || !('json' in body))
    throw new Error(`internal read of ${path} in ${repo.full_name}: ${status} ${JSON.stringify(body)}`);
  return body.json as Json;
}

function everything(repo: RepositoryRow): TokenHolder {
  const names = ['contents', 'issues', 'pull_requests', 'checks', 'metadata', 'statuses', 'actions'];
  return {
    login: 'internal',
    id: 0,
    scopes: [],
    installation: {
      installationId: 0,
      appId: 0,
      accountId: repo.owner_id,
      accountType: repo.owner_type,
      permissions: Object.fromEntries(names.map((name) => [name, 'read'])),
      repositoryIds: [],
      repositorySelection: 'all',
    },
  };
}

export const isInternal = (holder: TokenHolder | undefined) => holder?.installation?.appId === 0;

export function appOf(tables: Tables, appId: number): AppRow | undefined {
  return tables.apps.all().find((app) => app.app_id === appId);
}

/** The account a token acts as: the person, or the App's bot. */
export function actorOf(tables: Tables, holder: TokenHolder | undefined): UserRow | undefined {
  if (!holder) return undefined;
  const login = holder.installation ? `${appOf(tables, holder.installation.appId)?.slug}${BOT_MARK}` : holder.login;
  return tables.users.findOneBy('login', login);
}

export const actorIn = (world: World, context: Context) => actorOf(world.tables, context.get('authUser'));

export function repositoryNamed(tables: Tables, fullName: string): RepositoryRow | undefined {
  return tables.repos.findOneBy('full_name', fullName);
}

export const ownerOf = (repo: RepositoryRow) => repo.full_name.slice(0, repo.full_name.indexOf('/'));

export function userJson(world: World, user: UserRow): Json {
  const url = `${world.url}/users/${encodeURIComponent(user.login)}`;
  const page = user.type === 'Bot' ? `${world.url}/apps/${user.login.replace(BOT_MARK, '')}` : `${world.url}/${user.login}`;
  // biome-ignore format: one account, as GitHub lists it
  return {
    login: user.login, id: user.id, node_id: user.node_id, avatar_url: `${world.url}/avatars/u/${user.id}`, gravatar_id: '',
    url, html_url: page, followers_url: `${url}/followers`, following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`, starred_url: `${url}/starred{/owner}{/repo}`, subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`, repos_url: `${url}/repos`, events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`, type: user.type, site_admin: false,
  };
}
