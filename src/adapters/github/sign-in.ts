import { failure, success } from '../../domain/outcome.ts';
import type { SignIn } from '../../ports/sign-in.ts';

export interface SignInSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  /** `https://github.com`, and `https://api.github.com`. */
  readonly serverUrl: string;
  readonly apiUrl: string;
}

const ANSWER_WITHIN_MS = 10_000;

/** GitHub's web application flow for the App's users. Neither the code nor the token is kept or logged. */
export function createSignIn({ clientId, clientSecret, serverUrl, apiUrl }: SignInSettings): SignIn {
  const send = (url: string, init: RequestInit): Promise<Response> =>
    fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });

  return {
    address({ state, challenge, returnTo }) {
      const url = new URL(`${serverUrl}/login/oauth/authorize`);
      url.search = new URLSearchParams({
        client_id: clientId,
        redirect_uri: returnTo,
        state,
        code_challenge: challenge,
        code_challenge_method: 'S256',
        allow_signup: 'false',
      }).toString();
      return url.href;
    },
    async person({ code, verifier, returnTo }) {
      try {
        const given = await send(`${serverUrl}/login/oauth/access_token`, {
          method: 'POST',
          headers: { accept: 'application/json' },
          body: new URLSearchParams({
            client_id: clientId,
            client_secret: clientSecret,
            code,
            redirect_uri: returnTo,
            code_verifier: verifier,
          }),
        });
        if (given.status >= 500) return failure('unreachable');
        // A refusal is a 200 with an `error`.
        const { access_token: token } = (await given.json()) as { readonly access_token?: unknown };
        if (typeof token !== 'string') return failure('refused');
        const answer = await send(`${apiUrl}/user`, {
          headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${token}` },
        });
        if (!answer.ok) return failure(answer.status >= 500 ? 'unreachable' : 'refused');
        const { id, login } = (await answer.json()) as { readonly id?: unknown; readonly login?: unknown };
        if (typeof id !== 'number' || typeof login !== 'string') return failure('unreachable');
        return success({ id, login });
      } catch {
        return failure('unreachable');
      }
    },
  };
}
