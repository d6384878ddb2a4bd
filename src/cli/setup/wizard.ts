import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Check } from '../../doctor/check.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { CreatedApp } from './convert-code.ts';
import { manifestFor, manifestTarget, type ValidSetupForm, validateSetupForm } from './manifest.ts';
import { errorPage, formPage, installPage, manifestPage, type Page, resultPage } from './pages.ts';

export interface WizardOptions {
  /** Of GitHub, without a slash at the end. */
  readonly serverUrl: string;
  /** Where the credentials go, as people know it. */
  readonly file: string;
  /** Planwright's port, for the instructions about smee.io. */
  readonly serverPort: string;
  readonly convert: (code: string) => Promise<Outcome<CreatedApp>>;
  /** Keeps what GitHub returned once. The reason of a failure is shown to the person. */
  readonly keep: (app: CreatedApp, form: ValidSetupForm) => Outcome<null>;
}

export interface Wizard {
  /** The address that one browser can open, once. */
  readonly url: string;
  readonly port: number;
  /** The App, as soon as its credentials are kept. */
  readonly created: Promise<CreatedApp>;
  /** Shows the checks to the browser that waits for them. */
  show(checks: readonly Check[]): void;
  /** Resolves when a browser has seen the checks. */
  readonly seen: Promise<void>;
  close(): void;
}

/** A form has three short fields. */
const BODY_MAX = 16_384;
const COOKIE = 'planwright_setup';
const secret = (): string => randomBytes(24).toString('base64url');

/**
 * A page on loopback that makes the App. Other programs and web pages on this machine reach the port as well, so the address that
 * the terminal shows works once, for the browser that gets a cookie with it; the Host header keeps out names that were made to
 * point here; and GitHub's answer is accepted only with the `state` of the last form that was sent.
 */
export async function startWizard(port: number, options: WizardOptions): Promise<Wizard> {
  let token: string | null = secret();
  const session = secret();
  let pending: { readonly state: string; readonly form: ValidSetupForm } | null = null;
  let app: { readonly created: CreatedApp; readonly form: ValidSetupForm } | null = null;
  let checks: readonly Check[] | null = null;
  const created = Promise.withResolvers<CreatedApp>();
  const seen = Promise.withResolvers<void>();

  const http = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, '127.0.0.1', resolve);
  });
  const listening = (http.address() as AddressInfo).port;
  const hosts = [`127.0.0.1:${listening}`, `localhost:${listening}`];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', headers } = request;
    const host = headers.host ?? '';
    if (!hosts.includes(host)) return refuse(response, 403, 'This page answers to 127.0.0.1 and localhost only.');
    const url = new URL(request.url ?? '/', `http://${host}`);
    if (method === 'GET' && token !== null && isSame(url.pathname, `/${token}`)) {
      token = null;
      response.setHeader('set-cookie', `${COOKIE}=${session}; HttpOnly; SameSite=Lax; Path=/`);
      return redirect(response, '/');
    }
    if (!hasCookie(headers.cookie, session))
      return refuse(response, 403, 'This address has been used, or is not the one from the terminal. Run `npm run setup` again.');
    if (method === 'POST' && headers.origin !== `http://${host}`)
      return refuse(response, 403, 'This form comes from another page.');

    switch (`${method} ${url.pathname}`) {
      case 'GET /':
        return app
          ? redirect(response, '/install')
          : showForm(response, { organization: '', name: 'Planwright', address: '' }, {});
      case 'POST /manifest':
        return takeForm(await bodyOf(request), host, response);
      case 'GET /callback':
        return takeCode(url.searchParams, response);
      case 'GET /install':
        return app ? showInstall(app, response) : redirect(response, '/');
      case 'GET /progress':
        return send(response, 200, JSON.stringify({ checked: checks !== null }), 'application/json');
      case 'GET /result': {
        if (checks === null) return redirect(response, '/install');
        response.once('finish', seen.resolve);
        return showPage(response, resultPage(secret(), checks));
      }
      default:
        return refuse(response, 404, 'Not found.');
    }
  }

  function showForm(
    response: ServerResponse,
    given: Parameters<typeof formPage>[1],
    wrong: Parameters<typeof formPage>[2],
  ): void {
    showPage(response, formPage(secret(), given, wrong, { server: new URL(options.serverUrl).host, file: options.file }));
  }

  function takeForm(sent: URLSearchParams, host: string, response: ServerResponse): void {
    const text = (name: string) => (sent.get(name) ?? '').trim();
    const form = { organization: text('organization'), name: text('name'), address: text('address') };
    const accepted = validateSetupForm(form);
    if (!accepted.ok) {
      showForm(response, form, accepted.reason);
      return;
    }
    pending = { state: secret(), form: accepted.value };
    const target = manifestTarget(options.serverUrl, accepted.value.organization, pending.state);
    showPage(response, manifestPage(secret(), target, manifestFor(accepted.value, `http://${host}/callback`)));
  }

  async function takeCode(query: URLSearchParams, response: ServerResponse): Promise<void> {
    // A page that is loaded again must not use the code again.
    if (app !== null) return redirect(response, '/install');
    const [code, state] = [query.get('code') ?? '', query.get('state') ?? ''];
    if (pending === null || code === '' || !isSame(state, pending.state))
      return showPage(
        response,
        errorPage(
          secret(),
          'This did not come from here',
          'The answer does not belong to the form that was sent last. Nothing was kept.',
        ),
        403,
      );
    const { form } = pending;
    pending = null;
    const converted = await options.convert(code);
    const kept = converted.ok ? options.keep(converted.value, form) : converted;
    if (!converted.ok || !kept.ok) {
      const why = kept.ok ? '' : kept.reason;
      const rest = `The App may exist on GitHub although its key was not received: delete it there, under ${options.serverUrl}/settings/apps, before you start again.`;
      return showPage(response, errorPage(secret(), 'The App could not be taken over', `${why} ${rest}`), 502);
    }
    app = { created: converted.value, form };
    created.resolve(converted.value);
    redirect(response, '/install');
  }

  function showInstall({ created, form }: NonNullable<typeof app>, response: ServerResponse): void {
    const installUrl = installationUrl(created);
    showPage(response, installPage(secret(), { installUrl, file: options.file, form, port: options.serverPort }));
  }

  function showPage(response: ServerResponse, { html, nonce }: Page, status = 200): void {
    const policy = [
      "default-src 'none'",
      `style-src 'nonce-${nonce}'`,
      `script-src 'nonce-${nonce}'`,
      "connect-src 'self'",
      `form-action 'self' ${new URL(options.serverUrl).origin}`,
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ];
    response.setHeader('content-security-policy', policy.join('; '));
    send(response, status, html, 'text/html; charset=utf-8');
  }

  return {
    url: `http://127.0.0.1:${listening}/${token}`,
    port: listening,
    created: created.promise,
    show(given) {
      checks = given;
    },
    seen: seen.promise,
    close() {
      http.close();
      http.closeAllConnections();
    },
  };
}

export const installationUrl = ({ html_url }: CreatedApp): string => `${html_url}/installations/new`;

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const hasCookie = (header: string | undefined, session: string): boolean =>
  (header ?? '').split(/;\s*/).some((pair) => isSame(pair, `${COOKIE}=${session}`));

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > BODY_MAX) throw new Error('The form is too long.');
  }
  return new URLSearchParams(text);
}

const refuse = (response: ServerResponse, status: number, sentence: string): void =>
  send(response, status, `${sentence}\n`, 'text/plain; charset=utf-8');

function redirect(response: ServerResponse, path: string): void {
  response.setHeader('location', path);
  send(response, 303, '', 'text/plain; charset=utf-8');
}

function send(response: ServerResponse, status: number, text: string, type: string): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // Only the origin, so that the token in the first address goes nowhere, and a form still says where it comes from.
    'referrer-policy': 'strict-origin',
  });
  response.end(text);
}
