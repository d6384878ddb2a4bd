import type { Probot, ProbotOctokit } from 'probot';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import { ForgeError } from '../../ports/forge/forge-error.ts';
import type { AppFailure, AppInspection } from '../../ports/inspection.ts';
import { PAGE } from './access.ts';
import { installedRepositories } from './installations.ts';

const ANSWER_WITHIN_MS = 15_000;

/** What GitHub says about the App itself; reads only. */
export function createAppInspection(probot: Probot, apiUrl: string): AppInspection {
  const asApp = <T>(ask: (app: ProbotOctokit) => Promise<T>): Promise<Outcome<T, AppFailure>> =>
    outcomeOf(async () => ask(await probot.auth()));
  return {
    clock: () =>
      outcomeOf(async () => {
        const { headers } = await fetch(apiUrl, { method: 'HEAD', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
        const date = Date.parse(headers.get('date') ?? '');
        return Number.isNaN(date) ? null : date;
      }),
    app: () =>
      asApp(async (app) => {
        const { data } = await app.rest.apps.getAuthenticated();
        if (!data) throw new ForgeError('GitHub answered GET /app without an App.', null);
        const { id, slug = '', html_url: page, permissions, events } = data;
        return { id, slug, page, permissions: permissions as Record<string, string | undefined>, events };
      }),
    webhook: () =>
      asApp(async (app) => {
        const { data } = await app.rest.apps.getWebhookConfigForApp();
        return {
          url: data.url ?? '',
          contentType: data.content_type ?? 'form',
          hasSecret: Boolean(data.secret),
          verifiesCertificates: String(data.insecure_ssl ?? '0') === '0',
        };
      }),
    deliveries: () =>
      asApp(async (app) => {
        const { data } = await app.rest.apps.listWebhookDeliveries({ per_page: PAGE });
        return data.map(({ event, delivered_at, status_code, status }) => ({
          event,
          at: Date.parse(delivered_at),
          status: status_code,
          said: status,
        }));
      }),
    installations: () =>
      asApp(async (app) => {
        const all = await app.paginate(app.rest.apps.listInstallations, { per_page: PAGE });
        return all.map(({ account, html_url, suspended_at, permissions, events }) => ({
          account: account && 'login' in account ? account.login : 'an account that is gone',
          page: html_url,
          suspended: Boolean(suspended_at),
          permissions: permissions as Record<string, string | undefined>,
          events,
        }));
      }),
    someRepository: () =>
      outcomeOf(async () => {
        for await (const repository of installedRepositories(probot, (installation) => probot.auth(installation)))
          return repository;
        return null;
      }),
  };
}

async function outcomeOf<T>(ask: () => Promise<T>): Promise<Outcome<T, AppFailure>> {
  try {
    return success(await ask());
  } catch (error) {
    return failure(appFailureIn(error));
  }
}

/** 404: GitHub knows no App of this id ("Integration not found"). */
function appFailureIn(error: unknown): AppFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ForgeError && (error.status === 401 || error.status === 404)) return { kind: 'refused', message };
  return { kind: 'unreachable', message, code: codeIn(error) };
}

/** fetch wraps the system's error, sometimes in a list with one entry for each address. */
function codeIn(error: unknown): string | null {
  for (let inner: unknown = error; inner instanceof Error; inner = inner.cause) {
    const { code, errors } = inner as Error & { code?: unknown; errors?: unknown };
    if (typeof code === 'string') return code;
    if (Array.isArray(errors)) return codeIn(errors[0]);
  }
  return null;
}
