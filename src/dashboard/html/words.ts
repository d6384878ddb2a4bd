import type { ComponentState } from '../../domain/task/component-record.ts';
import type { TaskState } from '../../domain/task/task.ts';
import { cost, duration } from '../../replies/phrases/figures.ts';
import { clip } from '../../text/truncate.ts';
import { type Html, html, type Part } from './html.ts';

/** Where the things that texts mention are on GitHub. */
export interface GitHubLocation {
  /** GitHub's address for people. */
  readonly serverUrl: string;
  readonly owner: string;
  readonly name: string;
}

const repositoryUrl = ({ serverUrl, owner, name }: GitHubLocation): string =>
  `${serverUrl}/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;

/** A link out of the dashboard. Addresses that are not the web's are shown as text. */
export const outward = (url: string | null, text: Part): Html =>
  url !== null && /^https?:\/\//i.test(url) ? html`<a href="${url}" rel="noopener noreferrer">${text}</a>` : html`${text}`;

export const pullLink = (place: GitHubLocation, pull: number | null): Part =>
  pull === null ? null : outward(`${repositoryUrl(place)}/pull/${pull}`, `#${pull}`);

export const issueLink = (place: GitHubLocation, issue: number): Part =>
  outward(`${repositoryUrl(place)}/issues/${issue}`, `#${issue}`);

/** Dollars; what is above zero is never shown as zero. */
export const dollars = (usd: number | null): string => (usd !== null && usd > 0 && usd < 0.0001 ? '< $0.0001' : cost(usd));

/** `3m ago`, with the moment itself for those who look closer. */
export const ago = (moment: number, now: number): Html => time(moment, `${since(moment, now)} ago`);

/** `3m`, likewise. */
export const age = (moment: number, now: number): Html => time(moment, since(moment, now));

function time(moment: number, text: string): Html {
  const iso = new Date(moment).toISOString();
  return html`<time datetime="${iso}" title="${iso.replace('T', ' ').slice(0, 19)} UTC">${text}</time>`;
}

/** `3m`, `2h 5m`, `4 days`. */
export function since(moment: number, now: number): string {
  const ms = Math.max(0, now - moment);
  if (ms < 60_000) return `${Math.round(ms / 1_000)}s`;
  const days = Math.floor(ms / 86_400_000);
  if (days >= 2) return `${days} days`;
  return duration(Math.floor(ms / 60_000) * 60_000);
}

/** A word with a colour of its own; the word alone says it as well. */
export const badge = (state: TaskState | ComponentState | 'approved' | 'removed'): Html =>
  html`<span class="badge ${state}">${state}</span>`;

/**
 * The little Markdown of our own headlines, with the texts of people and models in it: bold, code, line breaks, and links for numbers of this
 * repository. Everything else is text.
 */
export function inline(markdown: string, place: GitHubLocation, max = 2_000): Html {
  const text = clip(markdown.replaceAll('&shy;', ''), max, '…');
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(
    /\*\*([^*\n]+)\*\*|`([^`\n]+)`|(?<![\w/&])#(\d{1,10})\b|(?<![\w/@])@([A-Za-z0-9-]{1,39})(?![\w-])|\n+/g,
  )) {
    const [whole, bold, code, number, login] = match;
    parts.push(text.slice(from, match.index));
    from = match.index + whole.length;
    if (bold !== undefined) parts.push(html`<strong>${inline(bold, place)}</strong>`);
    else if (code !== undefined) parts.push(html`<code>${code}</code>`);
    else if (number !== undefined) parts.push(outward(`${repositoryUrl(place)}/issues/${number}`, whole));
    else if (login !== undefined) parts.push(outward(`${place.serverUrl}/${login}`, whole));
    else parts.push(html`<br />`);
  }
  return html`${parts}${text.slice(from)}`;
}

/** A text of a stranger as it is, cut where it becomes too long for a page. */
export function raw(text: string, max = 20_000): Html {
  const shown = clip(text, max);
  const left = text.length - shown.length;
  return html`<pre class="raw" tabindex="0">${shown}${left > 0 && html`<span class="cut">\n… ${left.toLocaleString('en-US')} more characters are in the export</span>`}</pre>`;
}
