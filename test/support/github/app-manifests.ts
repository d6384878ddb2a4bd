// The pages on which a person turns a manifest into an App and installs it, and the conversion of the code that GitHub gives for it. Whoever
// looks at the pages counts as signed in.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { install } from './accounts.ts';
import type { Context } from './emulate.ts';
import type { Answered } from './exchange.ts';
import { addRoute, notFound, Refusal } from './routes.ts';
import type { World } from './world.ts';

interface Manifest {
  name?: string;
  description?: string;
  url?: string;
  hook_attributes?: { url?: string };
  redirect_url?: string;
  default_permissions?: Record<string, string>;
  default_events?: string[];
}

/** GitHub's documentation: a manifest may not ask for these, every App gets them. */
const SENT_ANYWAY = ['installation', 'installation_repositories', 'github_app_authorization'];

export function appManifestRoutes(world: World): void {
  const { app } = world.emulator;
  const codes = new Map<string, { manifest: Manifest; owner: string }>();
  let nextApp = 9001;

  for (const path of ['/settings/apps/new', '/organizations/:org/settings/apps/new'])
    addRoute(app, 'POST', path, async (context) => {
      const manifest = JSON.parse((await formOf(context)).get('manifest') ?? '{}') as Manifest;
      const wrong = objection(manifest);
      if (wrong) return html(context, `<h1>Invalid GitHub App configuration</h1><p>${wrong}</p>`, 422);
      const organization = path.includes(':org') ? context.req.param('org') : '';
      const target = `/manifests/confirm?organization=${organization}&state=${encodeURIComponent(context.req.query('state') ?? '')}`;
      return html(
        context,
        `<h1>Create GitHub App</h1><form method="post" action="${target}"><label>Name <input name="name" value="${manifest.name}"></label>
        <textarea name="manifest" hidden>${JSON.stringify(manifest).replaceAll('<', '&lt;')}</textarea><button>Create GitHub App</button></form>`,
      );
    });

  addRoute(app, 'POST', '/manifests/confirm', async (context) => {
    const form = await formOf(context);
    const manifest = { ...(JSON.parse(form.get('manifest') ?? '{}') as Manifest), name: form.get('name') ?? '' };
    const code = randomBytes(20).toString('hex');
    const owner =
      context.req.query('organization') || (world.tables.users.all().find(({ type }) => type === 'User')?.login ?? '');
    codes.set(code, { manifest, owner });
    const back = new URL(manifest.redirect_url ?? '');
    back.searchParams.set('code', code);
    back.searchParams.set('state', context.req.query('state') ?? '');
    context.header('location', back.href);
    return context.body(null, 302);
  });

  addRoute(app, 'POST', '/app-manifests/:code/conversions', (context) => {
    const found = codes.get(context.req.param('code'));
    if (!found) throw notFound();
    codes.delete(context.req.param('code'));
    const { manifest, owner } = found;
    const slug = (manifest.name ?? '').toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const permissions = manifest.default_permissions ?? {};
    const events = manifest.default_events ?? [];
    const encoding = { type: 'pkcs1', format: 'pem' } as const;
    const pem = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: encoding,
      publicKeyEncoding: encoding,
    }).privateKey;
    const secret = randomBytes(20).toString('hex');
    // biome-ignore format: one row
    const row = world.tables.apps.insert({
      app_id: nextApp++, slug, name: manifest.name ?? '', private_key: pem, permissions, events: [...events],
      webhook_url: manifest.hook_attributes?.url ?? null, webhook_secret: secret, description: manifest.description ?? null,
    });
    // biome-ignore format: one App
    return context.json({
      id: row.app_id, slug, node_id: `A_${row.app_id}`, client_id: `Iv23li${row.app_id}`, owner: { login: owner }, name: row.name,
      description: row.description, external_url: manifest.url, html_url: `${world.url}/apps/${slug}`, created_at: row.created_at,
      updated_at: row.updated_at, permissions, events, client_secret: randomBytes(20).toString('hex'), webhook_secret: secret, pem,
    }, 201);
  });

  addRoute(app, 'GET', '/apps/:slug/installations/new', (context) => {
    if (!world.tables.apps.findOneBy('slug', context.req.param('slug'))) throw notFound();
    return html(context, '<h1>Install</h1><form method="post"><input name="account"><button>Install</button></form>');
  });

  addRoute(app, 'POST', '/apps/:slug/installations/new', async (context) => {
    const row = world.tables.apps.findOneBy('slug', context.req.param('slug'));
    if (!row) throw notFound();
    const account = (await formOf(context)).get('account') ?? '';
    install(world, row.app_id, account, row.permissions, row.events);
    return html(context, `<h1>Installed at ${account}</h1>`);
  });
}

function objection({ name, url, hook_attributes, redirect_url, default_events = [] }: Manifest): string | null {
  if (!name || name.length > 34) return 'Name is missing or too long';
  if (!url || !hook_attributes?.url) return 'Homepage and webhook URL must be set';
  if (!redirect_url) return 'Redirect URL must be set';
  const refused = default_events.filter((event) => SENT_ANYWAY.includes(event));
  return refused.length > 0 ? `Default events are not supported: ${refused.join(', ')}` : null;
}

async function formOf(context: Context): Promise<URLSearchParams> {
  const type = context.req.header('content-type') ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) throw new Refusal(415, 'A form was expected');
  return new URLSearchParams(await context.req.text());
}

const html = (context: Context, body: string, status = 200): Answered =>
  context.body(`<!doctype html><meta charset="utf-8"><title>local GitHub</title>${body}`, status, {
    'content-type': 'text/html; charset=utf-8',
  });
