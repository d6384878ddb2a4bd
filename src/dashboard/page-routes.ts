import { DASHBOARD_PATH, parseDashboardPath } from '../domain/dashboard-path.ts';
import { parseWorkId } from '../domain/task/work-id.ts';
import type { HistoryReader, Visible } from '../ports/history.ts';
import type { Viewer } from './access/session.ts';
import type { Answers, DashboardAnswer } from './answers.ts';
import { exportMarkdown } from './export/markdown.ts';
import { exportJson, gatherTask } from './export/task-export.ts';
import type { Html } from './html/html.ts';
import type { Shell } from './html/layout.ts';
import type { PageContext } from './pages/context.ts';
import { conversationPage } from './pages/conversation.ts';
import { type Limits, repositoriesPage, stoppedStates, systemPage } from './pages/operation.ts';
import { taskPage } from './pages/task.ts';
import { TASK_STATES, taskList } from './pages/tasks.ts';
import { auditPage } from './pages/timeline.ts';
import type { RecentProblems } from './recent-problems.ts';

export interface PageOptions {
  readonly reader: HistoryReader;
  /** What somebody may see. @throws ForgeError when GitHub does not answer. */
  readonly visibleTo: (viewer: Viewer) => Promise<Visible>;
  /** GitHub's address for people. */
  readonly serverUrl: string;
  readonly limits: Limits;
  readonly problems: RecentProblems;
  readonly now: () => number;
}

const PER_PAGE = 50;
const AUDIT_PER_PAGE = 100;
const TASK_AUDIT = 200;

/** Everything behind the sign-in. The answer is null where there is no such page, or where it is none for this viewer; nobody learns which. */
export type Pages = (
  viewer: Viewer,
  target: { readonly path: string; readonly query: URLSearchParams },
  shown: Shell['viewer'],
) => Promise<DashboardAnswer | null>;

export function createPages(options: PageOptions, answers: Answers): Pages {
  const { reader, visibleTo, serverUrl, now } = options;
  const startedAt = now();
  const context = (): PageContext => ({ serverUrl, now: now() });

  return async (viewer, { path, query }, shown) => {
    const visible = await visibleTo(viewer);
    const show = (title: string, section: Shell['section'], main: Html, refresh: number | null = null): DashboardAnswer =>
      answers.page({ title, section, viewer: shown, refresh }, main);
    switch (path) {
      case DASHBOARD_PATH:
        return show('Tasks', 'tasks', await tasksFor(visible, query), 5);
      case `${DASHBOARD_PATH}/repositories`: {
        const { month, day } = beginnings(now());
        const limits = visible === 'all' ? options.limits : null;
        const spends = await reader.spendByRepository(visible, month, day);
        return show('Repositories', 'repositories', repositoriesPage(spends, limits, context()), 30);
      }
      case `${DASHBOARD_PATH}/audit`: {
        const before = wholeNumber(query.get('before'));
        const found = await reader.audit({ visible, task: null, since: null, before, limit: AUDIT_PER_PAGE + 1 });
        const entries = found.slice(0, AUDIT_PER_PAGE);
        const next = found.length > AUDIT_PER_PAGE ? (entries.at(-1)?.id ?? null) : null;
        return show('Audit', 'audit', auditPage(entries, { next }, context()));
      }
      case `${DASHBOARD_PATH}/audit.json`: {
        const [since, before] = [wholeNumber(query.get('since')), wholeNumber(query.get('before'))];
        const entries = await reader.audit({ visible, task: null, since, before, limit: 1_000 });
        return answers.download(`${JSON.stringify(entries)}\n`, 'application/json', 'audit.json');
      }
      case `${DASHBOARD_PATH}/system`: {
        const [queues, stopped] = await Promise.all([
          reader.queues(),
          reader.tasks({ visible, states: stoppedStates, offset: 0, limit: 20 }),
        ]);
        const problems = options.problems.list().filter(({ repository }) => isVisible(visible, repository));
        return show('System', 'system', systemPage({ queues, problems, stopped, startedAt }, context()), 5);
      }
      default:
        return belowTask(visible, path, show);
    }
  };

  type Show = (title: string, section: Shell['section'], main: Html, refresh?: number | null) => DashboardAnswer;

  async function belowTask(visible: Visible, path: string, show: Show): Promise<DashboardAnswer | null> {
    const exported = /^(.*)\/export\.(md|json)$/.exec(path);
    const target = parseDashboardPath(exported?.[1] ?? path);
    if (target === null || !isVisible(visible, `${target.owner}/${target.name}`)) return null;
    if (exported !== null) {
      if (target.kind !== 'task') return null;
      const all = await gatherTask(reader, target, visible);
      if (all === null) return null;
      const name = `${target.owner}-${target.name}-${target.issue}.${exported[2]}`;
      return exported[2] === 'md'
        ? answers.download(exportMarkdown(all), 'text/markdown', name)
        : answers.download(exportJson(all), 'application/json', name);
    }
    const task = await reader.task(target, visible);
    if (task === null) return null;
    if (target.kind === 'task') {
      const [conversations, spending, audit] = await Promise.all([
        reader.conversations(task.task, visible),
        reader.spending(task.task, visible),
        reader.audit({ visible, task: target, since: null, before: null, limit: TASK_AUDIT }),
      ]);
      return show(task.title, 'tasks', taskPage({ task, conversations, spending, audit }, context()), 5);
    }
    // In GitHub's own spelling, under which it was recorded.
    const { owner, name } = task.task.repository;
    const workflow = target.workflow.replace(`${target.owner}/${target.name}#`, `${owner}/${name}#`);
    const work = parseWorkId(workflow);
    if (work === null) return null;
    const turns = await reader.transcript(workflow, visible);
    return show(`${task.title}: conversation`, 'tasks', conversationPage({ task, work, turns }, context()), 5);
  }

  async function tasksFor(visible: Visible, query: URLSearchParams): Promise<Html> {
    const state = TASK_STATES.find((known) => known === query.get('state')) ?? null;
    const number = Math.min(Math.max(1, wholeNumber(query.get('page')) ?? 1), 10_000);
    const { month, day } = beginnings(now());
    const [found, counts, spends] = await Promise.all([
      reader.tasks({ visible, states: state === null ? [] : [state], offset: (number - 1) * PER_PAGE, limit: PER_PAGE + 1 }),
      reader.counts(visible),
      reader.spendByRepository(visible, month, day),
    ]);
    const sum = (of: 'dayUsd' | 'monthUsd'): number => spends.reduce((total, spend) => total + spend[of], 0);
    return taskList(
      {
        tasks: found.slice(0, PER_PAGE),
        counts,
        state,
        page: number,
        hasMore: found.length > PER_PAGE,
        todayUsd: sum('dayUsd'),
        monthUsd: sum('monthUsd'),
      },
      context(),
    );
  }
}

const isVisible = (visible: Visible, repository: string | null): boolean =>
  visible === 'all' || (repository !== null && visible.includes(repository.toLowerCase()));

const wholeNumber = (text: string | null): number | null => (text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null);

/** Of the month and the day, in UTC. */
function beginnings(now: number): { readonly month: number; readonly day: number } {
  const date = new Date(now);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { month: Date.UTC(year, month), day: Date.UTC(year, month, date.getUTCDate()) };
}
