import { DASHBOARD_PATH, taskPath } from '../../domain/dashboard-path.ts';
import type { AuditKind, ListedAudit } from '../../ports/history.ts';

import { clip } from '../../text/truncate.ts';
import { type Html, html, NOTHING, type Part } from '../html/html.ts';
import { ago, dollars, outward } from '../html/words.ts';
import { type PageContext, placeOf } from './context.ts';

const WAYS = { review: 'by review', merge: 'by merging it', command: 'by /execute' } as const;

const DONE: Record<AuditKind, string> = {
  started: 'started the task',
  planned: 'wrote the plan',
  approved: 'approved the plan',
  published: 'published',
  answered: 'answered',
  blocked: 'raised a blocker on',
  failed: 'stopped at',
  merged: 'merged',
  cancelled: 'cancelled the task',
  done: 'The task was done',
};

/** What happened, the latest first: who did what to which text, from where, and at what price. */
export const timeline = (entries: readonly ListedAudit[], context: PageContext, withTask: boolean): Html =>
  html`<ol class="timeline">${entries.map((entry) => item(entry, context, withTask))}</ol>`;

function item(entry: ListedAudit, context: PageContext, withTask: boolean): Html {
  const { kind, by, component, blob, pull, commit, source, usd, text, way } = entry;
  const [owner = '', name = ''] = entry.repository.split('/');
  const place = placeOf(context, { owner, name });
  const what: Part[] = [
    kind === 'done' ? NOTHING : by === null ? html`Planwright ` : html`<strong>${by}</strong> `,
    outward(source, DONE[kind]),
    component !== null && html` <code>${component}</code>`,
    way !== null && ` ${WAYS[way]}`,
    pull !== null && html` in ${outward(`${place.serverUrl}/${owner}/${name}/pull/${pull}`, `#${pull}`)}`,
  ];
  const facts: Part[] = [
    blob !== null && html`<span>plan <code>${blob.slice(0, 12)}</code></span>`,
    commit !== null &&
      html`<span>commit ${outward(`${place.serverUrl}/${owner}/${name}/commit/${commit}`, html`<code>${commit.slice(0, 12)}</code>`)}</span>`,
    usd !== null && html`<span>${dollars(usd)}</span>`,
  ];
  return html`<li class="${kind}"><div>${what}</div><div class="facts">${ago(Date.parse(entry.at), context.now)}${withTask && html`<a href="${taskPath({ owner, name, issue: entry.issue })}">${entry.repository} #${entry.issue}</a>`}${facts}</div>${text !== null && html`<p class="reason">${clip(text, 600, '…')}</p>`}${approvedText(entry)}</li>`;
}

/** The text itself: what GitHub shows under the blob may be gone with its branch. */
function approvedText({ plan, id }: ListedAudit): Html {
  if (plan === null) return NOTHING;
  return html`<details id="approved-${id}"><summary>What was approved: ${clip(plan.title, 300, '…')}</summary><ol>${plan.components.map(
    (component) =>
      html`<li><code>${component.id}</code> ${component.title}<ul>${component.files.map((file) => html`<li>${file.action} <code>${file.path}</code></li>`)}</ul></li>`,
  )}</ol></details>`;
}

export const auditPage = (
  entries: readonly ListedAudit[],
  { next }: { readonly next: number | null },
  context: PageContext,
): Html => html`<h1>Audit</h1>
<p class="lead">Who approved what text, from where, what was published from it, and at what price. Entries are added and never changed; the latest come first.</p>
${entries.length === 0 ? html`<p class="empty">Nothing has happened yet.</p>` : timeline(entries, context, true)}
${next !== null && html`<nav class="pager" aria-label="Pages"><a href="${DASHBOARD_PATH}/audit?before=${next}" rel="next">Older</a></nav>`}`;
