import type { Logger } from 'pino';
import { DASHBOARD_PATH } from '../domain/dashboard-path.ts';
import { ForgeError } from '../ports/forge/forge-error.ts';
import type { Redactor } from '../text/redaction/redactor.ts';
import { createSessions, type Session } from './access/session.ts';
import {
  bearerOf,
  createAnswers,
  type DashboardAnswer,
  type DashboardRequest,
  plain,
  SECURITY,
  splitTarget,
  unlessUnchanged,
} from './answers.ts';
import { createEntrance, type EntranceOptions } from './entrance-routes.ts';
import { assetAt } from './html/assets.ts';
import type { Shell } from './html/layout.ts';
import { createPages, type PageOptions } from './page-routes.ts';

export interface DashboardOptions extends PageOptions, Omit<EntranceOptions, 'answers' | 'sessions'> {
  /** Applied to everything that is sent. */
  readonly redact: Redactor;
  readonly log: Pick<Logger, 'error' | 'warn'>;
}

/** What a command of `planwright` proves that it was given the same secrets. */
export const COMMAND_PURPOSE = 'command';

/** The pages behind a sign-in. The answer is null where the path is none of theirs. */
export function createDashboard(options: DashboardOptions): (request: DashboardRequest) => Promise<DashboardAnswer | null> {
  const { signer, redact, log, now } = options;
  const answers = createAnswers(redact);
  const sessions = createSessions(signer, now);
  const entrance = createEntrance({ ...options, answers, sessions });
  const pages = createPages(options, answers);

  return async (request) => {
    const { path, query } = splitTarget(request.target);
    if (path !== DASHBOARD_PATH && !path.startsWith(`${DASHBOARD_PATH}/`) && !path.startsWith('/auth/')) return null;
    try {
      return await answer(request, path, query);
    } catch (error) {
      const atGitHub = error instanceof ForgeError;
      log[atGitHub ? 'warn' : 'error']({ err: error, path: path.slice(0, 300) }, 'A page of the dashboard could not be made');
      return atGitHub
        ? answers.problem(503, 'GitHub does not answer', NO_GITHUB)
        : answers.problem(503, 'This page cannot be shown', NO_DATABASE);
    }
  };

  async function answer(request: DashboardRequest, path: string, query: URLSearchParams): Promise<DashboardAnswer> {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (isRead && signer.read(COMMAND_PURPOSE, bearerOf(request), now()) !== null)
      return (await pages({ kind: 'operator' }, { path, query }, null)) ?? answers.notFound(null);
    if (!entrance.isOpen) return answers.notFound(null);
    const asset = isRead ? assetAt(path) : null;
    if (asset !== null) {
      const headers = { ...SECURITY, 'content-type': asset.type, 'cache-control': 'public, max-age=31536000, immutable' };
      return { status: 200, headers, body: asset.content };
    }
    const session = entrance.sessionOf(request);
    if (path.startsWith('/auth/')) return (await entrance.answer(request, path, query)) ?? answers.notFound(shownAs(session));
    if (!isRead) return plain(405, 'Method not allowed.', { allow: 'GET, HEAD' });
    if (session === null) return entrance.ask(request);
    const made = await pages(session.viewer, { path, query }, shownAs(session));
    return made === null ? answers.notFound(shownAs(session)) : unlessUnchanged(request, made);
  }

  function shownAs(session: Session | null): Shell['viewer'] {
    if (session === null) return null;
    const { viewer } = session;
    return { name: viewer.kind === 'person' ? viewer.login : 'operator', csrf: sessions.csrf(session) };
  }
}

const NO_GITHUB = 'What you may see cannot be checked at the moment. Nothing is shown until it can.';
const NO_DATABASE = 'The database does not answer, or something else is wrong. The log has the reason.';
