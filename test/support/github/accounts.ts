// People, organisations, and the Apps: the one under test, and those that stand for continuous integration and review bots.
import { EVERYWHERE } from './access.ts';
import type { TokenHolder } from './emulate.ts';
import type { UserRow } from './rows.ts';
import { BOT_MARK, type World } from './world.ts';

export interface AppSettings {
  id: number;
  slug: string;
  /** PEM */
  privateKey: string;
  webhookSecret: string;
  clientId: string;
  clientSecret: string;
  /** Where GitHub sends people back who have signed in; a test that signs in adds its own. */
  callbackUrls: string[];
}

// the design's own list; Apps get metadata, installation and installation_repositories without asking
// biome-ignore format: a list
export const APP_PERMISSIONS: Record<string, string> = {
  contents: 'write', pull_requests: 'write', issues: 'write', checks: 'write', actions: 'read', statuses: 'read', metadata: 'read',
};
// biome-ignore format: a list
export const APP_EVENTS: readonly string[] = [
  'issues', 'issue_comment', 'pull_request', 'pull_request_review', 'check_run', 'check_suite', 'status', 'push', 'installation', 'repository',
  'installation_target',
];

const CI_SLUG = 'github-actions';
const CI_APP = 15_368;
/** Reviews pull requests and rewrites their descriptions, as such Apps do. */
const REVIEW_SLUG = 'reviewbot';
const REVIEW_APP = 20_001;

function insertUser({ tables }: World, login: string, type: 'User' | 'Bot'): UserRow {
  // biome-ignore format: one row
  const row = tables.users.insert({
    login, node_id: '', avatar_url: '', gravatar_id: '', type, site_admin: false, name: type === 'Bot' ? null : login, company: null, blog: '',
    location: null, email: null, hireable: null, bio: null, twitter_username: null, public_repos: 0, public_gists: 0, followers: 0, following: 0,
  });
  return tables.users.update(row.id, { node_id: `U_${row.id}` }) ?? row;
}

/** An App's bot that GitHub itself acts by; made when it is needed first. */
export const botCalled = (world: World, slug: string): UserRow =>
  world.tables.users.findOneBy('login', slug + BOT_MARK) ?? insertUser(world, slug + BOT_MARK, 'Bot');

const tokenFor = (login: string) => `ghp_${Buffer.from(login).toString('hex').padEnd(36, '0')}`;

export function addUser(world: World, login: string): void {
  if (world.tables.users.findOneBy('login', login)) return;
  const { id } = insertUser(world, login, 'User');
  world.emulator.tokens.set(tokenFor(login), { login, id, scopes: ['repo', 'user', 'workflow'] });
}

export function addOrganization(world: World, login: string, owners: readonly string[]): void {
  const { tables } = world;
  if (tables.orgs.findOneBy('login', login)) return;
  // biome-ignore format: one row
  const organization = tables.orgs.insert({
    login, node_id: `O_${login}`, description: null, name: login, company: null, blog: '', location: null, email: null, twitter_username: null,
    is_verified: false, has_organization_projects: true, has_repository_projects: true, public_repos: 0, public_gists: 0, followers: 0,
    following: 0, members_can_create_repositories: true, default_repository_permission: 'read', billing_email: null,
  });
  const team = tables.teams.insert({ org_id: organization.id, slug: 'members' });
  for (const owner of owners) {
    addUser(world, owner);
    const user = tables.users.findOneBy('login', owner);
    if (user) tables.teamMembers.insert({ team_id: team.id, user_id: user.id, role: 'maintainer' });
  }
}

export function seedApps(world: World, app: AppSettings, permissions: Record<string, string>, events: readonly string[]): void {
  const none = { webhook_url: null, webhook_secret: null, description: null };
  world.tables.apps.insert({
    app_id: app.id,
    slug: app.slug,
    name: 'Planwright',
    private_key: app.privateKey,
    permissions,
    events: [...events],
    ...none,
  });
  for (const [id, slug, name] of [
    [CI_APP, CI_SLUG, 'GitHub Actions'],
    [REVIEW_APP, REVIEW_SLUG, 'Review bot'],
  ] as const)
    world.tables.apps.insert({ app_id: id, slug, name, private_key: '', permissions: {}, events: [], ...none });
  for (const slug of [app.slug, CI_SLUG, REVIEW_SLUG]) insertUser(world, slug + BOT_MARK, 'Bot');
}

/** Never the same again: whoever comes back is another installation. */
let nextInstallation = 50_001;

/** Installs the App at the account and lets continuous integration and the review bot in; true when the App was not there before. */
export function install(
  world: World,
  app: number,
  account: string,
  permissions: Record<string, string>,
  events: readonly string[],
): boolean {
  const { tables, emulator } = world;
  const organization = tables.orgs.findOneBy('login', account);
  const owner = organization ?? tables.users.findOneBy('login', account);
  if (!owner) throw new Error(`nobody is called ${account}`);
  if (tables.appInstallations.all().some((row) => row.app_id === app && row.account_login === account)) return false;
  const accountType = organization ? 'Organization' : 'User';
  // biome-ignore format: one row
  tables.appInstallations.insert({
    installation_id: nextInstallation++, app_id: app, account_type: accountType, account_id: owner.id, account_login: account,
    repository_selection: 'all', repository_ids: [], permissions, events: [...events], suspended_at: null,
  });
  // biome-ignore format: one object
  const everywhere = (appId: number, permissions: Record<string, string>): TokenHolder => ({
    login: account, id: owner.id, scopes: [],
    installation: { installationId: EVERYWHERE, appId, accountId: owner.id, accountType, repositoryIds: [], repositorySelection: 'all', permissions },
  });
  const talks = { issues: 'write', pull_requests: 'write' };
  emulator.tokens.set(
    tokenFor(CI_SLUG + BOT_MARK),
    everywhere(CI_APP, { ...talks, checks: 'write', statuses: 'write', contents: 'write' }),
  );
  emulator.tokens.set(tokenFor(REVIEW_SLUG + BOT_MARK), everywhere(REVIEW_APP, talks));
  return true;
}
