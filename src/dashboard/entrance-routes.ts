import { createHash, randomBytes } from 'node:crypto';
import { DASHBOARD_PATH } from '../domain/dashboard-path.ts';
import type { SignIn } from '../ports/sign-in.ts';
import { SIGN_IN_PATH } from '../settings/app-facts.ts';
import { createAttempts } from './access/attempts.ts';
import { SESSION_MS, type Session, type Sessions } from './access/session.ts';
import { isSame, type Signer } from './access/signed.ts';
import { type Answers, type DashboardAnswer, type DashboardRequest, plain, redirect } from './answers.ts';
import { cookie, cookiesOf, SESSION_COOKIE, SIGN_IN_COOKIE } from './cookies.ts';
import { entrance } from './pages/entrance.ts';

export interface EntranceOptions {
  readonly answers: Answers;
  readonly signer: Signer;
  readonly sessions: Sessions;
  /** Null: not by GitHub. */
  readonly signIn: SignIn | null;
  /** Null: not by a token. */
  readonly token: string | null;
  /** Where people reach it; null only without sign-in by GitHub. */
  readonly publicUrl: string | null;
  readonly now: () => number;
}

export interface EntranceRoutes {
  /** Whether there is any way in. */
  readonly isOpen: boolean;
  /** Null: nobody is signed in. */
  sessionOf(request: DashboardRequest): Session | null;
  /** The page in front of the one that was asked for. */
  ask(request: DashboardRequest): DashboardAnswer;
  /** Everything below `/auth/`; null where the path is none of these. */
  answer(request: DashboardRequest, path: string, query: URLSearchParams): Promise<DashboardAnswer | null>;
}

interface SignInState {
  readonly state: string;
  readonly verifier: string;
  readonly next: string;
}

/** For signing in at GitHub, two-factor authentication included. */
const SIGN_IN_MS = 10 * 60_000;
const PURPOSE = 'sign in';
/** Says that a session was begun: a browser that comes back without it has thrown it away. */
const SIGNED_IN = 'signed-in';

/** Signing in, with GitHub or with the operator's token, and signing out. */
export function createEntrance(options: EntranceOptions): EntranceRoutes {
  const { answers, signer, sessions, signIn, token, publicUrl, now } = options;
  const attempts = createAttempts(now);
  const returnTo = `${publicUrl}${SIGN_IN_PATH}`;
  const sessionOf = (request: DashboardRequest): Session | null => sessions.read(cookiesOf(request).get(SESSION_COOKIE));

  return {
    isOpen: signIn !== null || token !== null,
    sessionOf,
    ask: ({ target }) => askToSignIn(target, new RegExp(`[?&]${SIGNED_IN}\\b`).test(target) ? COOKIE_LOST : null, 401),
    async answer(request, path, query) {
      const expected = path === '/auth/token' || path === '/auth/sign-out' ? 'POST' : 'GET';
      if (request.method !== expected) return plain(405, 'Method not allowed.', { allow: expected });
      if (path === '/auth/sign-in' && signIn !== null) return beginSignIn(signIn, nextIn(query.get('next')));
      if (path === SIGN_IN_PATH && signIn !== null) return endSignIn(signIn, request, query);
      if (path === '/auth/token' && token !== null) return checkToken(token, request);
      return path === '/auth/sign-out' ? signOut(request) : null;
    },
  };

  function beginSignIn(at: SignIn, next: string): DashboardAnswer {
    const [state, verifier] = [random(), random() + random()];
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const kept = signer.sign(PURPOSE, { state, verifier, next }, now() + SIGN_IN_MS);
    return redirect(at.address({ state, challenge, returnTo }), [cookie(SIGN_IN_COOKIE, kept, SIGN_IN_MS)]);
  }

  async function endSignIn(at: SignIn, request: DashboardRequest, query: URLSearchParams): Promise<DashboardAnswer> {
    const kept = signer.read<SignInState>(PURPOSE, cookiesOf(request).get(SIGN_IN_COOKIE), now());
    const done = [cookie(SIGN_IN_COOKIE, '', 0)];
    const [code, state] = [query.get('code'), query.get('state')];
    if (kept === null || state === null || !isSame(kept.state, state))
      return withCookies(askToSignIn(DASHBOARD_PATH, NOT_BEGUN_HERE, 400), done);
    if (code === null) return withCookies(askToSignIn(kept.next, 'GitHub did not sign you in.', 403), done);
    const person = await at.person({ code, verifier: kept.verifier, returnTo });
    if (!person.ok) {
      const why =
        person.reason === 'refused'
          ? 'GitHub refused the sign-in, which may have taken too long. Try again.'
          : 'GitHub does not answer. Try again later.';
      return withCookies(askToSignIn(kept.next, why, person.reason === 'refused' ? 403 : 503), done);
    }
    const { id, login } = person.value;
    const begun = sessions.begin({ kind: 'person', id, login });
    return redirect(kept.next, [...done, cookie(SESSION_COOKIE, begun, SESSION_MS)]);
  }

  async function checkToken(expected: string, request: DashboardRequest): Promise<DashboardAnswer> {
    if (!isFromOurPage(request)) return answers.problem(403, 'Not from here', 'The form was sent from another site.');
    // Read first: requests that hold back their form would otherwise all have been allowed before the first has failed.
    const form = await request.form();
    const wait = attempts.wait(request.address);
    if (wait !== null) {
      const refused = askToSignIn(DASHBOARD_PATH, `Too many attempts. Try again in ${wait} seconds.`, 429);
      return { ...refused, headers: { ...refused.headers, 'retry-after': String(wait) } };
    }
    const next = nextIn(form?.get('next') ?? null);
    if (!isSame(form?.get('token') ?? '', expected)) {
      attempts.failed(request.address);
      return askToSignIn(next, 'That is not the token.', 403);
    }
    const begun = sessions.begin({ kind: 'operator' });
    const mark = `${next.includes('?') ? '&' : '?'}${SIGNED_IN}`;
    return redirect(next + mark, [cookie(SESSION_COOKIE, begun, SESSION_MS)]);
  }

  async function signOut(request: DashboardRequest): Promise<DashboardAnswer> {
    const session = sessionOf(request);
    if (session === null) return redirect(DASHBOARD_PATH);
    const given = (await request.form())?.get('csrf') ?? '';
    if (!isFromOurPage(request) || !isSame(given, sessions.csrf(session)))
      return answers.problem(403, 'Not signed out', 'The form was not sent from a page of this dashboard.');
    sessions.end(session);
    return redirect(DASHBOARD_PATH, [cookie(SESSION_COOKIE, '', 0)]);
  }

  /** Browsers say where a form comes from; one that does not say is held to the rest. */
  function isFromOurPage({ headers }: DashboardRequest): boolean {
    const site = headers['sec-fetch-site'];
    const origin = headers.origin;
    if (typeof origin === 'string' && publicUrl !== null && site === undefined) return origin === new URL(publicUrl).origin;
    return site === undefined || site === 'same-origin' || site === 'none';
  }

  function askToSignIn(target: string, why: string | null, status: number): DashboardAnswer {
    const next = nextIn(target.replace(new RegExp(`[?&]${SIGNED_IN}\\b`), ''));
    const main = entrance({ github: signIn !== null, token: token !== null, next, problem: why });
    return answers.page({ title: 'Sign in', section: null, viewer: null, refresh: null }, main, status);
  }
}

const COOKIE_LOST =
  'Your browser did not keep the session: it does so only over HTTPS, or on this machine under the name localhost.';
const NOT_BEGUN_HERE = 'This sign-in was not begun in this browser, or it took too long. Try again.';

const random = (): string => randomBytes(24).toString('base64url');

/** A page of the dashboard to go on to: never another site, whatever a browser would make of it. */
const nextIn = (target: string | null): string =>
  target !== null && /^\/dashboard(?:\/(?!\.{1,2}(?:[/?]|$))[\w.-]+)*(?:\?[\w.&=-]*)?$/.test(target) ? target : DASHBOARD_PATH;

const withCookies = (answer: DashboardAnswer, cookies: readonly string[]): DashboardAnswer => ({
  ...answer,
  headers: { ...answer.headers, 'set-cookie': cookies },
});
