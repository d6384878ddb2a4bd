// The pages on which a person lets an App know who they are, and the exchange of the code for a token: GitHub's web application flow with
// PKCE, as strict as its documentation says. Who the person is stands in a form, because nobody has a password here.
import { createHash, randomBytes } from 'node:crypto';
import type { AppSettings } from './accounts.ts';
import type { Context } from './emulate.ts';
import type { Answered } from './exchange.ts';
import { addRoute } from './routes.ts';
import type { World } from './world.ts';

interface Grant {
  readonly login: string;
  readonly redirectUri: string;
  readonly challenge: string;
}

export interface SignIns {
  /** Codes that were not exchanged yet stop working, as after ten minutes. */
  expireCodes(): void;
}

export function oauthRoutes(world: World, settings: AppSettings): SignIns {
  const { app } = world.emulator;
  const codes = new Map<string, Grant>();

  addRoute(app, 'GET', '/login/oauth/authorize', (context) => {
    const query = (name: string): string => context.req.query(name) ?? '';
    if (query('client_id') !== settings.clientId) return html(context, '<h1>404</h1>', 404);
    if (!settings.callbackUrls.includes(query('redirect_uri')))
      return html(
        context,
        '<h1>Be careful!</h1><p>The <code>redirect_uri</code> is not associated with this application.</p>',
        400,
      );
    const hidden = ['redirect_uri', 'state', 'code_challenge', 'code_challenge_method'].map(
      (name) => `<input type="hidden" name="${name}" value="${query(name).replaceAll('"', '&quot;')}">`,
    );
    return html(
      context,
      `<h1>Authorize Planwright</h1><form method="post" action="/login/oauth/authorize">${hidden.join('')}
      <label>Login <input name="login"></label><button name="answer" value="yes">Authorize</button><button name="answer" value="no">Cancel</button></form>`,
    );
  });

  addRoute(app, 'POST', '/login/oauth/authorize', async (context) => {
    const form = await formOf(context);
    const back = new URL(form.get('redirect_uri') ?? '');
    const login = form.get('login') ?? '';
    if (form.get('answer') !== 'yes') {
      back.searchParams.set('error', 'access_denied');
      back.searchParams.set('error_description', 'The user has denied your application access.');
    } else {
      if (!world.tables.users.findOneBy('login', login)) return html(context, '<h1>Nobody has this login</h1>', 422);
      const code = randomBytes(10).toString('hex');
      codes.set(code, { login, redirectUri: form.get('redirect_uri') ?? '', challenge: form.get('code_challenge') ?? '' });
      back.searchParams.set('code', code);
    }
    back.searchParams.set('state', form.get('state') ?? '');
    context.header('location', back.href);
    return context.body(null, 302);
  });

  addRoute(app, 'POST', '/login/oauth/access_token', async (context) => {
    const form = await formOf(context);
    const refuse = (error: string, description: string): Answered =>
      context.json({ error, error_description: description, error_uri: 'https://docs.github.com/apps' }, 200);
    if (form.get('client_id') !== settings.clientId || form.get('client_secret') !== settings.clientSecret)
      return refuse('incorrect_client_credentials', 'The client_id and/or client_secret passed are incorrect.');
    const code = form.get('code') ?? '';
    const grant = codes.get(code);
    codes.delete(code);
    if (!grant) return refuse('bad_verification_code', 'The code passed is incorrect or expired.');
    if (form.get('redirect_uri') !== grant.redirectUri)
      return refuse('redirect_uri_mismatch', 'The redirect_uri MUST match the registered callback URL for this application.');
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (grant.challenge !== '' && proof !== grant.challenge)
      return refuse('bad_verification_code', 'The code passed is incorrect or expired.');
    const user = world.tables.users.findOneBy('login', grant.login);
    const token = `ghu_${randomBytes(18).toString('hex')}`;
    world.emulator.tokens.set(token, { login: grant.login, id: user?.id ?? 0, scopes: [] });
    return context.json(
      {
        access_token: token,
        expires_in: 28_800,
        refresh_token: `ghr_${randomBytes(38).toString('hex')}`,
        refresh_token_expires_in: 15_897_600,
        scope: '',
        token_type: 'bearer',
      },
      200,
    );
  });

  return { expireCodes: () => codes.clear() };
}

const formOf = async (context: Context): Promise<URLSearchParams> => new URLSearchParams(await context.req.text());

const html = (context: Context, body: string, status = 200): Answered =>
  context.body(`<!doctype html><meta charset="utf-8"><title>local GitHub</title>${body}`, status, {
    'content-type': 'text/html; charset=utf-8',
  });
