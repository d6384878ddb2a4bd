// The App's side of things: where it is installed, its tokens, its deliveries.
import { randomBytes } from 'node:crypto';
import { atLeast, installationCovers, levelOf } from './access.ts';
import type { Context } from './emulate.ts';
import { addRoute, notFound, Refusal, repositoryRoute } from './routes.ts';
import type { InstallationRow } from './rows.ts';
import type { Delivery } from './webhooks.ts';
import { type Json, read, repositoryNamed, userJson, type World } from './world.ts';

const NO_JWT = 'A JSON web token could not be decoded';
/** By these words Octokit knows that the clocks differ, signs again by GitHub's and repeats the request. */
const EXPIRED =
  "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";

/** The emulator tells an expired token of an App from one that it cannot read no more than by leaving the App out. */
function isExpired(header: string | undefined): boolean {
  const [, payload] = /^bearer (eyJ.*)$/i.exec(header ?? '')?.[1]?.split('.') ?? [];
  if (payload === undefined) return false;
  const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp?: unknown };
  return typeof exp === 'number' && exp * 1000 <= Date.now();
}

function installationOf(world: World, context: Context, account: string): InstallationRow {
  const app = context.get('authApp');
  if (!app) throw new Refusal(401, NO_JWT);
  const found = world.tables.appInstallations.all().find((row) => row.app_id === app.appId && row.account_login === account);
  if (!found) throw notFound();
  return found;
}

export function installationJson(world: World, row: InstallationRow): Json {
  const app = world.tables.apps.all().find((candidate) => candidate.app_id === row.app_id);
  const account = row.account_type === 'User' ? world.tables.users.get(row.account_id) : undefined;
  const organization = { login: row.account_login, id: row.account_id, node_id: `ORG_${row.account_id}`, type: 'Organization' };
  // biome-ignore format: one installation
  return {
    id: row.installation_id, account: account ? userJson(world, account) : organization, repository_selection: row.repository_selection,
    access_tokens_url: `${world.url}/app/installations/${row.installation_id}/access_tokens`, repositories_url: `${world.url}/installation/repositories`,
    html_url: `${world.url}/settings/installations/${row.installation_id}`, app_id: row.app_id, app_slug: app?.slug, target_id: row.account_id,
    target_type: row.account_type, permissions: row.permissions, events: row.events, created_at: row.created_at, updated_at: row.updated_at,
    single_file_name: null, suspended_by: null, suspended_at: row.suspended_at,
  };
}

export function installationRoutes(world: World): void {
  const { app } = world.emulator;

  app.use('*', async (context, next) => {
    if (!context.get('authApp') && isExpired(context.req.header('authorization'))) return context.json({ message: EXPIRED }, 401);
    await next();
    return undefined;
  });

  repositoryRoute(world, 'GET', '/installation', (call) => ({
    json: installationJson(world, installationOf(world, call.context, call.param('owner'))),
  }));

  for (const path of ['/users/:account/installation', '/orgs/:account/installation'])
    addRoute(app, 'GET', path, (context) =>
      context.json(installationJson(world, installationOf(world, context, context.req.param('account')))),
    );

  addRoute(app, 'GET', '/installation/repositories', async (context) => {
    const holder = context.get('authUser');
    if (!holder?.installation)
      throw new Refusal(
        403,
        'You must authenticate with an installation access token in order to list repositories for an installation.',
      );
    const covered = world.tables.repos.all().filter((repo) => installationCovers(holder, repo));
    const repositories = await Promise.all(covered.map((repo) => read(world, repo, '')));
    return context.json({
      total_count: covered.length,
      repository_selection: holder.installation.repositorySelection,
      repositories,
    });
  });

  app.use('/app/installations/:id/access_tokens', async (context, next) => {
    const row = world.tables.appInstallations
      .all()
      .find((candidate) => candidate.installation_id === Number(context.req.param('id')));
    if (row?.suspended_at) return context.json({ message: 'This installation has been suspended' }, 403);
    await next();
    return undefined;
  });

  repositoryRoute(world, 'GET', '/collaborators/:login/permission', (call) => {
    const user = world.tables.users.findOneBy('login', call.param('login'));
    if (!user) throw notFound();
    const level = levelOf(world, call.repo, user);
    const permission = level === 'maintain' ? 'write' : level === 'triage' ? 'read' : level; // the coarse names only; role_name has the fine ones
    const has = (wanted: 'read' | 'triage' | 'write' | 'maintain' | 'admin') => atLeast(level, wanted);
    const permissions = {
      pull: has('read'),
      triage: has('triage'),
      push: has('write'),
      maintain: has('maintain'),
      admin: has('admin'),
    };
    return { json: { permission, role_name: level, user: { ...userJson(world, user), permissions, role_name: level } } };
  });

  addRoute(app, 'GET', '/app/hook/config', (context) => {
    const id = context.get('authApp')?.appId;
    if (id === undefined) throw new Refusal(401, NO_JWT);
    const url = world.tables.apps.findOneBy('app_id', id)?.webhook_url ?? world.webhooks.address() ?? '';
    return context.json({ content_type: 'json', insecure_ssl: '0', secret: '********', url });
  });

  addRoute(app, 'GET', '/app/hook/deliveries', (context) => {
    if (!context.get('authApp')) throw new Refusal(401, NO_JWT);
    const size = Math.min(100, Number(context.req.query('per_page') ?? 30) || 30);
    const cursor = Number(context.req.query('cursor') ?? Number.MAX_SAFE_INTEGER);
    const older = world.webhooks.deliveries.filter((delivery) => delivery.id < cursor).reverse();
    const shown = older.slice(0, size);
    const last = shown.at(-1);
    if (last && older.length > size)
      context.header('Link', `<${world.url}/api/v3/app/hook/deliveries?per_page=${size}&cursor=${last.id}>; rel="next"`);
    return context.json(shown.map((delivery) => deliveryJson(world, delivery)));
  });

  addRoute(app, 'GET', '/app/hook/deliveries/:id', (context) => {
    const delivery = deliveryOf(world, context);
    return context.json({
      ...deliveryJson(world, delivery),
      url: '',
      request: { headers: {}, payload: structuredClone(delivery.payload) }, // what was sent stays as it was
      response: { headers: {}, payload: null },
    });
  });

  addRoute(app, 'POST', '/app/hook/deliveries/:id/attempts', (context) => {
    const delivery = deliveryOf(world, context);
    void world.webhooks.redeliver(delivery);
    return context.json({}, 202);
  });
}

function deliveryOf(world: World, context: Context): Delivery {
  if (!context.get('authApp')) throw new Refusal(401, NO_JWT);
  const delivery = world.webhooks.deliveries.find((candidate) => candidate.id === Number(context.req.param('id')));
  if (!delivery) throw notFound();
  return delivery;
}

function deliveryJson(world: World, delivery: Delivery): Json {
  const answered = typeof delivery.status === 'number' ? delivery.status : 0;
  const repo = delivery.repository ? repositoryNamed(world.tables, delivery.repository) : undefined;
  // biome-ignore format: one delivery
  return {
    id: delivery.id, guid: delivery.guid, delivered_at: delivery.sentAt.toISOString(), redelivery: delivery.redelivery,
    duration: (delivery.durationMs ?? 0) / 1000, status: answered >= 200 && answered < 300 ? 'OK' : (delivery.error ?? `Invalid HTTP Response: ${answered}`),
    status_code: answered, event: delivery.event, action: delivery.action ?? null,
    installation_id: (delivery.payload.installation as Json | undefined)?.id ?? null, repository_id: repo?.id ?? null, throttled_at: null,
  };
}

/** GitHub's installation tokens are long and not to be measured; emulate's have 31 characters. The long one works as well. */
export function lengthenToken(world: World, answer: Json): Json {
  const holder = world.emulator.tokens.get(String(answer.token));
  if (!holder?.installation) return answer;
  const token = `ghs_${holder.installation.appId}_${randomBytes(180).toString('base64url')}`;
  world.emulator.tokens.set(token, holder);
  world.emulator.tokens.delete(String(answer.token));
  return { ...answer, token };
}
