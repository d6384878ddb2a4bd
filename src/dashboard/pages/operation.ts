import { taskPath } from '../../domain/dashboard-path.ts';
import type { TaskState } from '../../domain/task/task.ts';
import type { ListedTask, QueueState, RepositorySpend } from '../../ports/history.ts';
import { count } from '../../replies/phrases/figures.ts';
import { clip } from '../../text/truncate.ts';
import { type Html, html } from '../html/html.ts';
import { ago, badge, dollars, inline, outward, since } from '../html/words.ts';
import type { Problem } from '../recent-problems.ts';
import { type PageContext, placeOf } from './context.ts';

export interface Limits {
  readonly perDay: number | null;
  readonly perMonth: number | null;
}

/** What each repository has spent this month, and what all may. */
export function repositoriesPage(spends: readonly RepositorySpend[], limits: Limits | null, { serverUrl }: PageContext): Html {
  const sum = (of: 'dayUsd' | 'monthUsd'): number => spends.reduce((total, spend) => total + spend[of], 0);
  const share = (usd: number, limit: number | null | undefined): string =>
    limit == null ? dollars(usd) : `${dollars(usd)} of ${dollars(limit)}`;
  return html`<h1>Repositories</h1>
<dl class="figures"><div><dt>today</dt><dd>${share(sum('dayUsd'), limits?.perDay)}</dd></div><div><dt>this month</dt><dd>${share(sum('monthUsd'), limits?.perMonth)}</dd></div></dl>
${
  spends.length === 0
    ? html`<p class="empty">Nothing was spent this month.</p>`
    : html`<table role="table"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Repository</th><th role="columnheader" scope="col" class="num">Today</th><th role="columnheader" scope="col" class="num">This month</th><th role="columnheader" scope="col" class="num">Tokens</th></tr></thead><tbody role="rowgroup">${spends.map(
        (spend) =>
          html`<tr role="row"><td role="cell" data-label="Repository">${outward(`${serverUrl}/${spend.repository}`, spend.repository)}</td><td role="cell" data-label="Today" class="num">${dollars(spend.dayUsd)}</td><td role="cell" data-label="This month" class="num">${dollars(spend.monthUsd)}</td><td role="cell" data-label="Tokens" class="num">${count(spend.tokens)}</td></tr>`,
      )}</tbody></table>`
}
<p class="quiet">Months and days are those of UTC. Calls that are being made count at their most.</p>`;
}

export interface SystemPage {
  readonly queues: readonly QueueState[];
  /** The latest first. */
  readonly problems: readonly Problem[];
  readonly stopped: readonly ListedTask[];
  readonly startedAt: number;
}

const STOPPED: readonly TaskState[] = ['failed', 'blocked'];
export const stoppedStates = STOPPED;

/** The queues, what went wrong lately, and the tasks that stopped. */
export function systemPage({ queues, problems, stopped, startedAt }: SystemPage, context: PageContext): Html {
  return html`<h1>System</h1>
<section><h2>Queues</h2>${
    queues.length === 0
      ? html`<p class="empty">Nothing runs and nothing waits.</p>`
      : html`<table role="table"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Queue</th><th role="columnheader" scope="col" class="num">Running</th><th role="columnheader" scope="col" class="num">Waiting</th><th role="columnheader" scope="col" class="num">Later</th><th role="columnheader" scope="col" class="num">Oldest waits for</th></tr></thead><tbody role="rowgroup">${queues.map(
          (queue) =>
            html`<tr role="row"><td role="cell" data-label="Queue">${queue.queue}</td><td role="cell" data-label="Running" class="num">${queue.running}</td><td role="cell" data-label="Waiting" class="num">${queue.waiting}</td><td role="cell" data-label="Later" class="num">${queue.delayed}</td><td role="cell" data-label="Oldest waits for" class="num">${queue.oldestAt === null ? '' : since(queue.oldestAt, context.now)}</td></tr>`,
        )}</tbody></table>`
  }</section>
<section><h2>Tasks that stopped</h2>${
    stopped.length === 0
      ? html`<p class="empty">None.</p>`
      : html`<ul class="stopped">${stopped.map(
          (task) =>
            html`<li>${badge(task.state)} <a href="${taskPath({ ...task.task.repository, issue: task.task.issue })}">${clip(task.title, 300, '…')}</a> <span class="quiet">${task.task.repository.owner}/${task.task.repository.name} #${task.task.issue}</span><div class="reason">${inline(task.headline, placeOf(context, task.task.repository), 400)}</div></li>`,
        )}</ul>`
  }</section>
<section><h2>Recent warnings and errors</h2><p class="quiet">Of the process that answered this page, since it started ${ago(startedAt, context.now)}; the log has all of them.</p>${
    problems.length === 0
      ? html`<p class="empty">None.</p>`
      : html`<ol class="problems">${problems.map(
          (problem) =>
            html`<li class="${problem.level}"><span class="badge ${problem.level === 'warn' ? 'review' : 'failed'}">${problem.level}</span> ${ago(problem.at, context.now)} <span class="message">${clip(problem.message, 500, '…')}</span>${problem.cause !== null && html`<div class="reason">${clip(problem.cause, 500, '…')}</div>`}</li>`,
        )}</ol>`
  }</section>`;
}
