import { conversationPath, taskPath } from '../../domain/dashboard-path.ts';
import { totalTokens } from '../../domain/model/usage.ts';
import type { Component } from '../../domain/plan/plan.ts';
import { type ComponentRecord, reasonOf } from '../../domain/task/component-record.ts';
import { parseWorkId, type WorkId } from '../../domain/task/work-id.ts';
import type { ListedAudit, ListedConversation, ListedTask, TaskDetails } from '../../ports/history.ts';
import { count, duration } from '../../replies/phrases/figures.ts';
import { clip } from '../../text/truncate.ts';
import { type Html, html, NOTHING, type Part } from '../html/html.ts';
import { ago, badge, dollars, type GitHubLocation, inline, issueLink, pullLink, since } from '../html/words.ts';
import { type PageContext, placeOf } from './context.ts';
import { graph } from './graph.ts';
import { moneyOverTime } from './money.ts';
import { awaited } from './tasks.ts';
import { timeline } from './timeline.ts';

export interface TaskPage {
  readonly task: ListedTask & TaskDetails;
  readonly conversations: readonly ListedConversation[];
  readonly spending: readonly { readonly at: number; readonly usd: number }[];
  readonly audit: readonly ListedAudit[];
}

/** One task: what it is doing, why, and what it costs. */
export function taskPage({ task, conversations, spending, audit }: TaskPage, context: PageContext): Html {
  const { repository, issue } = task.task;
  const place = placeOf(context, repository);
  const limit = task.limits?.usd ?? null;
  const turns = conversations.reduce((sum, c) => sum + c.turns, 0);
  const tokens = conversations.reduce((sum, c) => sum + totalTokens(c.usage), 0);
  const figures: readonly (readonly [string, Part])[] = [
    [limit === null ? 'cost' : `of ${dollars(limit)}`, dollars(task.usd)],
    ['turns', count(turns)],
    ['tokens', count(tokens)],
    ['age', since(task.startedAt, context.now)],
  ];
  return html`<p class="crumbs"><a href="/dashboard">Tasks</a> / ${repository.owner}/${repository.name} ${issueLink(place, issue)}</p>
<h1>${clip(task.title, 300, '…')}</h1>
<section class="now" aria-label="Now">
<p class="state">${badge(task.removed ? 'removed' : task.state)} <span class="quiet">for ${since(task.stateSince, context.now)}</span></p>
<p class="headline">${inline(task.headline, place)}</p>
<p class="next"><span class="label">Next</span> ${awaited(task, context)}</p>
${obstacles(task, place)}
</section>
<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${components(task, conversations, context)}
${section('Conversations', conversationTable(conversations, context))}
${section('Money', moneyOverTime(spending, limit))}
${audit.length > 0 && section('What happened', timeline(audit, context, false))}
<p class="export">Everything of this task, redacted: <a href="${taskPath({ ...repository, issue })}/export.md" download>Markdown</a> or <a href="${taskPath({ ...repository, issue })}/export.json" download>JSON</a></p>`;
}

/** Why components have stopped: what a person looks for first. */
function obstacles({ record }: TaskDetails, place: GitHubLocation): Html {
  const stopped = Object.entries(record.components).flatMap(([id, component]) =>
    component.state === 'blocked' || component.state === 'failed'
      ? [{ id, state: component.state, reason: reasonOf(component) ?? '' }]
      : [],
  );
  if (stopped.length === 0) return NOTHING;
  return html`<ul class="obstacles">${stopped.map(({ id, state, reason }) => html`<li>${badge(state)} <a href="#component-${id}"><code>${id}</code></a> <span class="why">${inline(clip(reason, 300, '…'), place)}</span></li>`)}</ul>`;
}

const section = (title: string, content: Html): Html =>
  content.toString() === '' ? NOTHING : html`<section aria-label="${title}"><h2>${title}</h2>${content}</section>`;

function components(task: ListedTask & TaskDetails, conversations: readonly ListedConversation[], context: PageContext): Html {
  const { plan, record } = task;
  const ids = [...new Set([...(plan?.components.map(({ id }) => id) ?? []), ...Object.keys(record.components)])];
  if (ids.length === 0) return NOTHING;
  const rows = ids.map((id) =>
    componentRow(
      { id, planned: plan?.components.find((c) => c.id === id) ?? null, known: record.components[id] ?? null },
      task,
      conversations,
      context,
    ),
  );
  return html`<section aria-label="Components"><h2>Components</h2>
${plan && graph(plan, (id) => record.components[id]?.state ?? 'waiting')}
<table role="table" class="components"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Component</th><th role="columnheader" scope="col">State</th><th role="columnheader" scope="col">Attempts</th><th role="columnheader" scope="col">Pull request</th><th role="columnheader" scope="col" class="num">Cost</th></tr></thead><tbody role="rowgroup">${rows}</tbody></table></section>`;
}

interface ComponentFacts {
  readonly id: string;
  readonly planned: Component | null;
  readonly known: ComponentRecord | null;
}

function componentRow(
  { id, planned, known }: ComponentFacts,
  { task }: ListedTask,
  conversations: readonly ListedConversation[],
  context: PageContext,
): Html {
  const place = placeOf(context, task.repository);
  const own = conversations.flatMap((c) => {
    const work = parseWorkId(c.workflow);
    return work?.kind === 'component' && work.component === id ? [{ ...c, work }] : [];
  });
  const reason = known && reasonOf(known);
  const usd = own.some((c) => c.usd === null) ? null : own.reduce((sum, c) => sum + (c.usd ?? 0), 0);
  return html`<tr role="row" id="component-${id}">
<td role="cell" data-label="Component"><code>${id}</code><span class="ref">${(planned && clip(planned.title, 300, '…')) ?? 'no longer in the plan'}</span></td>
<td role="cell" data-label="State">${badge(known?.state ?? 'waiting')}${reason && html`<span class="reason">${inline(clip(reason, 400, '…'), place)}</span>`}</td>
<td role="cell" data-label="Attempts">${own.length === 0 ? html`<span class="quiet">${withoutTurns(known)}</span>` : own.map((c, i) => html`${i > 0 && ', '}<a href="${conversationPath(c.work)}" aria-label="Conversation of ${id}, attempt ${c.work.attempt}">${c.work.attempt}${c.failed ? ' (failed)' : ''}</a>`)}</td>
<td role="cell" data-label="Pull request">${pullLink(place, known?.pull ?? null) ?? html`<span class="quiet">none yet</span>`}</td>
<td role="cell" data-label="Cost" class="num">${own.length === 0 ? '' : dollars(usd)}</td>
</tr>`;
}

/** Attempts of which there is no turn: none, one that waits for its first answer, or some that are too long ago. */
const withoutTurns = (known: ComponentRecord | null): string =>
  known === null || known.attempt === 0
    ? 'none yet'
    : `${known.attempt}, ${known.state === 'running' ? 'no answer yet' : 'not kept'}`;

function conversationTable(conversations: readonly ListedConversation[], context: PageContext): Html {
  if (conversations.length === 0) return NOTHING;
  const rows = conversations.map((c) => {
    const work = parseWorkId(c.workflow);
    const name = workName(work);
    return html`<tr role="row">
<td role="cell" data-label="What">${work ? html`<a href="${conversationPath(work)}">${name}</a>` : name}${c.failed && html` <span class="badge failed">failed</span>`}<span class="ref">${c.model ?? 'no answer'}</span></td>
<td role="cell" data-label="Turns" class="num">${count(c.turns)}</td>
<td role="cell" data-label="Tokens" class="num">${count(totalTokens(c.usage))}</td>
<td role="cell" data-label="Time" class="num">${duration(c.ms)}</td>
<td role="cell" data-label="Cost" class="num">${dollars(c.usd)}</td>
<td role="cell" data-label="Last turn" class="num">${ago(c.to, context.now)}</td>
</tr>`;
  });
  return html`<table role="table" class="conversations"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">What</th><th role="columnheader" scope="col" class="num">Turns</th><th role="columnheader" scope="col" class="num">Tokens</th><th role="columnheader" scope="col" class="num">Time</th><th role="columnheader" scope="col" class="num">Cost</th><th role="columnheader" scope="col" class="num">Last turn</th></tr></thead><tbody role="rowgroup">${rows}</tbody></table>`;
}

/** What a piece of work is, for people. */
export function workName(work: WorkId | null): string {
  switch (work?.kind) {
    case 'plan':
      return `Plan, revision ${work.revision}${work.attempt > 1 ? `, attempt ${work.attempt}` : ''}`;
    case 'component':
      return `${work.component}, attempt ${work.attempt}`;
    case 'ask':
      return 'Question about the plan';
    case 'review':
      return 'Review of the whole';
    default:
      return 'Work';
  }
}
