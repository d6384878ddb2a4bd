import { DASHBOARD_PATH } from '../../domain/dashboard-path.ts';
import { clip } from '../../text/truncate.ts';
import { assetPath } from './assets.ts';
import { type Html, html, NOTHING, type Part } from './html.ts';

export interface Shell {
  readonly title: string;
  /** Which part of the navigation it belongs to. */
  readonly section: 'tasks' | 'repositories' | 'audit' | 'system' | null;
  /** Who looks at it, and what their form to sign out proves; null: nobody is signed in. */
  readonly viewer: { readonly name: string; readonly csrf: string } | null;
  /** Seconds between two refreshes; null: it stays as it is. */
  readonly refresh: number | null;
}

const SECTIONS = [
  ['tasks', DASHBOARD_PATH, 'Tasks'],
  ['repositories', `${DASHBOARD_PATH}/repositories`, 'Repositories'],
  ['audit', `${DASHBOARD_PATH}/audit`, 'Audit'],
  ['system', `${DASHBOARD_PATH}/system`, 'System'],
] as const;

/** A whole page. It works without JavaScript; with it, `main` is replaced by what it has become, and nothing else moves. */
export function page({ title, section, viewer, refresh }: Shell, main: Part): string {
  const document = html`<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>${clip(title, 200, '…')} · Planwright</title>
<link rel="icon" href="${assetPath('icon.svg')}" type="image/svg+xml" />
<link rel="stylesheet" href="${assetPath('style.css')}" />
${refresh !== null && html`<noscript><meta http-equiv="refresh" content="${Math.max(15, refresh * 3)}" /></noscript><script src="${assetPath('refresh.js')}" defer></script>`}
</head>
<body${refresh === null ? NOTHING : html` data-refresh="${refresh}"`}>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="${DASHBOARD_PATH}"><svg aria-hidden="true" viewBox="0 0 16 16" width="18" height="18"><path d="M2 3h5v4H2zM9 9h5v4H9zM4 7v4h5" fill="none" stroke="currentColor" stroke-width="1.5" /></svg>Planwright</a>
${viewer !== null && navigation(section)}
${viewer !== null && signedIn(viewer)}
</header>
<main id="main" tabindex="-1">${main}</main>
</body>
</html>`;
  return `<!doctype html>\n${document}`;
}

const navigation = (section: Shell['section']): Html =>
  html`<nav aria-label="Dashboard"><ul>${SECTIONS.map(
    ([name, path, label]) =>
      html`<li><a href="${path}"${name === section ? html` aria-current="page"` : NOTHING}>${label}</a></li>`,
  )}</ul></nav>`;

const signedIn = ({ name, csrf }: NonNullable<Shell['viewer']>): Html =>
  html`<form class="who" method="post" action="/auth/sign-out"><span>${name}</span><input type="hidden" name="csrf" value="${csrf}" /><button>Sign out</button></form>`;
