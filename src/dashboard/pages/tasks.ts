import { DASHBOARD_PATH, taskPath } from '../../domain/dashboard-path.ts';
import type { TaskState } from '../../domain/task/task.ts';
import type { ListedTask, TaskCounts } from '../../ports/history.ts';

import { clip } from '../../text/truncate.ts';
import { type Html, html, NOTHING, type Part } from '../html/html.ts';
import { age, badge, dollars, inline, since } from '../html/words.ts';
import { type PageContext, placeOf } from './context.ts';

export const TASK_STATES: readonly TaskState[] = [
  'questions',
  'review',
  'blocked',
  'failed',
  'planning',
  'executing',
  'cancelled',
  'done',
];

export interface TaskList {
  readonly tasks: readonly ListedTask[];
  readonly counts: TaskCounts;
  /** Null: all. */
  readonly state: TaskState | null;
  /** From 1. */
  readonly page: number;
  readonly hasMore: boolean;
  readonly todayUsd: number;
  readonly monthUsd: number;
}

/** The first page: who is awaited, what is at work, what it costs. */
export function taskList(list: TaskList, context: PageContext): Html {
  const { tasks, counts } = list;
  const { planning = 0, executing = 0 } = counts.byState;
  const figures: readonly (readonly [string, string])[] = [
    [String(counts.awaitingPeople), counts.awaitingPeople === 1 ? 'needs a person' : 'need a person'],
    [String(planning + executing), 'under way'],
    [dollars(list.todayUsd), 'today'],
    [dollars(list.monthUsd), 'this month'],
  ];
  return html`<h1>Tasks</h1>
<dl class="figures">${figures.map(([value, name]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${filters(list)}
${tasks.length === 0 ? nothing(list.state) : table(tasks, context)}
${pager(list)}`;
}

function filters({ counts: { byState: counts }, state }: TaskList): Html {
  const chip = (of: TaskState | null, n: number): Html =>
    html`<li><a href="${listPath(of, 1)}"${of === state ? html` aria-current="true"` : NOTHING}>${of ?? 'all'} <span class="n">${n}</span></a></li>`;
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return html`<nav class="chips" aria-label="Tasks by state"><ul>${chip(null, all)}${TASK_STATES.filter((s) => (counts[s] ?? 0) > 0 || s === state).map((s) => chip(s, counts[s] ?? 0))}</ul></nav>`;
}

const nothing = (state: TaskState | null): Html =>
  html`<p class="empty">${state === null ? 'No tasks yet. A task starts when somebody with write access puts the label plan on an issue; you see those of repositories that you can write to.' : `No task is in the state ${state}.`}</p>`;

const table = (tasks: readonly ListedTask[], context: PageContext): Html => html`<table role="table" class="tasks">
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Task</th><th role="columnheader" scope="col">State</th><th role="columnheader" scope="col">Next</th><th role="columnheader" scope="col" class="num">Cost</th><th role="columnheader" scope="col" class="num">Age</th></tr></thead>
<tbody role="rowgroup">${tasks.map((task) => row(task, context))}</tbody>
</table>`;

function row(task: ListedTask, context: PageContext): Html {
  const { repository, issue } = task.task;
  const path = taskPath({ ...repository, issue });
  return html`<tr role="row">
<td role="cell" data-label="Task"><a class="title" href="${path}">${clip(task.title, 300, '…')}</a><span class="ref">${repository.owner}/${repository.name} #${issue}</span></td>
<td role="cell" data-label="State">${badge(task.removed ? 'removed' : task.state)} <span class="quiet">for ${since(task.stateSince, context.now)}</span></td>
<td role="cell" data-label="Next">${awaited(task, context)}</td>
<td role="cell" data-label="Cost" class="num">${dollars(task.usd)}</td>
<td role="cell" data-label="Age" class="num">${age(task.startedAt, context.now)}</td>
</tr>`;
}

/** Who or what a task waits for. */
export function awaited(task: ListedTask, context: PageContext): Part {
  const { next, calledAt, removed, away, state } = task;
  if (removed) return html`<span class="quiet">${away ? 'the App has no access there' : 'its issue was moved or deleted'}</span>`;
  if (calledAt !== null)
    return html`<span class="live">a model is answering</span> <span class="quiet">for ${since(calledAt, context.now)}</span>`;
  if (next.awaits === 'person' && state !== 'cancelled')
    return html`<strong class="person">${next.who ?? 'people with write access'}</strong>: ${inline(next.text, placeOf(context, task.task.repository), 160)}`;
  return html`<span class="quiet">${inline(next.text, placeOf(context, task.task.repository), 160)}</span>`;
}

function pager({ state, page, hasMore }: TaskList): Html {
  if (page === 1 && !hasMore) return NOTHING;
  return html`<nav class="pager" aria-label="Pages">${page > 1 && html`<a href="${listPath(state, page - 1)}" rel="prev">Newer</a>`}<span>Page ${page}</span>${hasMore && html`<a href="${listPath(state, page + 1)}" rel="next">Older</a>`}</nav>`;
}

function listPath(state: TaskState | null, page: number): string {
  const query = new URLSearchParams({ ...(state && { state }), ...(page > 1 && { page: String(page) }) }).toString();
  return query === '' ? DASHBOARD_PATH : `${DASHBOARD_PATH}?${query}`;
}
