import { createHash } from 'node:crypto';
import type { Redactor } from '../text/redaction/redactor.ts';
import type { Html } from './html/html.ts';
import { page, type Shell } from './html/layout.ts';
import { problemPage } from './pages/entrance.ts';

/** A request as far as the dashboard reads it. */
export interface DashboardRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Who sent it, as far as the network tells. */
  readonly address: string;
  /** A form; null where it is too large or did not arrive. */
  readonly form: () => Promise<URLSearchParams | null>;
}

export interface DashboardAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer;
}

/** Nothing is loaded from elsewhere, nothing is run that is not a file of ours, and no other page may frame it. */
export const SECURITY = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-robots-tag': 'noindex',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
} as const;

/** How answers are made; everything that leaves passes the redactor. */
export interface Answers {
  page(shell: Shell, main: Html, status?: number): DashboardAnswer;
  download(text: string, type: string, name: string): DashboardAnswer;
  /** For a person who is not told more. */
  problem(status: number, title: string, text: string): DashboardAnswer;
  notFound(viewer: Shell['viewer']): DashboardAnswer;
}

export function createAnswers(redact: Redactor): Answers {
  const answers: Answers = {
    page(shell, main, status = 200) {
      const body = redact(page(shell, main));
      const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
      const headers = { ...SECURITY, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', etag };
      return { status, headers, body };
    },
    download: (text, type, name) => ({
      status: 200,
      headers: {
        ...SECURITY,
        'content-type': `${type}; charset=utf-8`,
        'cache-control': 'no-store',
        'content-disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '-')}"`,
      },
      body: redact(text),
    }),
    problem: (status, title, text) =>
      answers.page({ title, section: null, viewer: null, refresh: null }, problemPage(title, text), status),
    notFound: (viewer) =>
      answers.page(
        { title: 'Not found', section: null, viewer, refresh: null },
        problemPage('Not found', 'There is no such page, or you cannot write to the repository it is about.'),
        404,
      ),
  };
  return answers;
}

export const redirect = (location: string, cookies: readonly string[] = []): DashboardAnswer => ({
  status: 303,
  headers: { ...SECURITY, location, 'cache-control': 'no-store', ...(cookies.length > 0 && { 'set-cookie': cookies }) },
  body: '',
});

export const plain = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): DashboardAnswer => ({
  status,
  headers: { ...SECURITY, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers },
  body: text,
});

export const unlessUnchanged = ({ headers }: DashboardRequest, answer: DashboardAnswer): DashboardAnswer =>
  answer.status === 200 && answer.headers.etag !== undefined && headers['if-none-match'] === answer.headers.etag
    ? { ...answer, status: 304, body: '' }
    : answer;

/** Split by hand: `new URL` resolves dots and throws on targets that a client may send. */
export function splitTarget(target: string): { readonly path: string; readonly query: URLSearchParams } {
  const at = target.indexOf('?');
  return {
    path: at === -1 ? target : target.slice(0, at),
    query: new URLSearchParams(at === -1 ? '' : target.slice(at + 1)),
  };
}

export const bearerOf = ({ headers }: DashboardRequest): string | undefined =>
  /^Bearer (\S+)$/.exec(typeof headers.authorization === 'string' ? headers.authorization : '')?.[1];
