import pg from 'pg';
import { openHistory } from '../src/adapters/store/history/history.ts';
import { openSpendTable } from '../src/adapters/store/spend-table.ts';
import type { TaskState } from '../src/domain/task/task.ts';
import { newTaskRecord } from '../src/domain/task/task-record.ts';
import type { TaskEntry } from '../src/ports/history.ts';
import { freePort } from '../test/support/free-port.ts';
import { aComponent, aPlan } from '../test/support/shop.ts';
import { openStage } from '../test/support/stage.ts';
import { onServer } from './bot-variables.ts';
import { DAGS } from './dags.ts';
import { ascending, atShare, type Figure, figuresOf } from './figure.ts';
import { runPlan } from './run-plan.ts';

const TASKS = 1_000;
const CALLS = 20;
const TURNS = 10;
const REQUESTS = 300;
const TOKEN = 'a token for the measurement';
const STATES: readonly TaskState[] = [
  'done',
  'done',
  'done',
  'cancelled',
  'review',
  'executing',
  'blocked',
  'planning',
  'questions',
  'failed',
];

/**
 * The dashboard on 1,000 tasks with 20 calls and 10 kept turns each, while the real bot plans and implements beside it: how long each page
 * takes. It needs a PostgreSQL server, TEST_POSTGRES.
 */
export async function benchDashboard(): Promise<Figure[]> {
  await onServer();
  const port = await freePort();
  const stage = await openStage({ ADMIN_PORT: String(port), ADMIN_TOKEN: TOKEN });
  try {
    await fill(stage.variables.DATABASE_URL ?? '');
    const base = `http://127.0.0.1:${port}`;
    const cookie = await signIn(base);
    const before = await measure(base, cookie);
    let working = true;
    const work = (async () => {
      for (const dag of DAGS) await runPlan(stage, dag, { latencyMs: 50, streamMs: 100 });
      working = false;
    })();
    const during = await measure(base, cookie, () => working);
    await work;
    console.table([...report('idle', before), ...report('beside a bot at work', during)]);
    return [...figuresIn('idle', before), ...figuresIn('beside a bot at work', during)];
  } finally {
    await stage.close();
  }
}

async function fill(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 8 });
  const spend = await openSpendTable(pool);
  const history = await openHistory({
    pool,
    redact: (text) => text,
    retention: { days: 30, auditDays: 365 },
  });
  const ids = Array.from({ length: 8 }, (_, i) => `component-${i}`);
  const plan = aPlan(ids.map((id, i) => aComponent(id, { depends_on: i === 0 ? [] : [`component-${i - 1}`] })));
  const one = async (issue: number): Promise<void> => {
    const name = `repo-${issue % 25}`;
    const task = { repository: { owner: 'olga', name, installation: 1 }, issue };
    const at = Date.now() - issue * 60_000;
    const entry: TaskEntry = {
      task,
      title: `Make part ${issue} of the shop faster, and say in the README how`,
      state: STATES[issue % STATES.length] as TaskState,
      headline: '**Plan ready for review: #2** (revision 1)',
      next: { awaits: 'person', who: '@wanda', text: 'approve #2 to start, or comment `/replan` with what to change.' },
      startedBy: 'wanda',
      startedAt: new Date(at).toISOString(),
      usd: 1,
      details: {
        record: newTaskRecord({ by: 'wanda', at: new Date(at).toISOString(), digest: null }),
        plan,
        limits: { usd: 10, tokens: null },
      },
    };
    const key = `olga/${name}#${issue}`;
    const happened = {
      way: null,
      component: null,
      blob: 'b'.repeat(40),
      pull: 2,
      commit: null,
      source: null,
      usd: 0.2,
      text: null,
      plan: null,
    };
    await history.noteTask(entry, [{ key: 'a', kind: 'approved', at: new Date(at).toISOString(), by: 'wanda', ...happened }]);
    for (let i = 0; i < CALLS; i++) {
      await spend.reserve(
        { id: `${key}:${i}`, task: key, repository: `olga/${name}`, cost: { usd: 0.1, tokens: 100 }, at: at + i * 1_000 },
        [],
      );
      await spend.settle(`${key}:${i}`, { usd: 0.05, tokens: 90 });
    }
    for (let i = 0; i < TURNS; i++)
      await history.noteTurn({
        ...{
          workflow: `plan:${key}:1.1.1`,
          name: `turn ${i + 1}`,
          task,
          at: at + i * 1_000,
          ms: 900,
          model: 'anthropic/claude-opus-5-5',
          usd: 0.05,
          failed: false,
        },
        usage: { input: 100, cache_read: 2_000, cache_write: 10, output: 300, reasoning: 50 },
        content: {
          ...{ opening: null, correction: null, reasoning: 'I look around.', text: '', failure: null },
          results: [{ id: `c${i}`, content: 'a line of a file\n'.repeat(400), isError: false }],
          calls: [{ id: `c${i + 1}`, name: 'read_file', input: '{"path":"src/server.js"}' }],
        },
      });
  };
  for (let issue = 1; issue <= TASKS; issue += 8)
    await Promise.all(Array.from({ length: Math.min(8, TASKS - issue + 1) }, (_, i) => one(issue + i)));
  await pool.query('ANALYZE');
  await pool.end();
}

async function signIn(base: string): Promise<string> {
  const answer = await fetch(`${base}/auth/token`, {
    method: 'POST',
    body: new URLSearchParams({ token: TOKEN }),
    redirect: 'manual',
  });
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

const PAGES = [
  '',
  '?page=5',
  '?state=review',
  '/olga/repo-7/7',
  '/olga/repo-7/7/plan/1.1.1',
  '/repositories',
  '/audit',
  '/system',
];

/** Times in milliseconds by page, one request after the other, as a few people who look at it send them. */
async function measure(base: string, cookie: string, goOn: () => boolean = () => false): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(PAGES.map((page) => [page, []]));
  for (let i = 0; i < REQUESTS || goOn(); i++) {
    const page = PAGES[i % PAGES.length] as string;
    const began = performance.now();
    const answer = await fetch(`${base}/dashboard${page}`, { headers: { cookie } });
    await answer.text();
    if (answer.status !== 200) throw new Error(`${page} answers with ${answer.status}`);
    times.get(page)?.push(performance.now() - began);
    if (goOn()) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return times;
}

function figuresIn(when: string, times: ReadonlyMap<string, number[]>): Figure[] {
  const all = ascending([...times.values()].flat());
  return figuresOf(`dashboard, ${when}`, { median: [atShare(all, 0.5), 'ms'], p95: [atShare(all, 0.95), 'ms'] });
}

function report(when: string, times: ReadonlyMap<string, number[]>): object[] {
  const row = (page: string, ms: readonly number[]) => {
    const sorted = ms.toSorted((a, b) => a - b);
    const at = (share: number): number => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
    return {
      when,
      page,
      requests: ms.length,
      'p50, ms': at(0.5),
      'p95, ms': at(0.95),
      'most, ms': Math.round(sorted.at(-1) ?? 0),
    };
  };
  return [...[...times].map(([page, ms]) => row(`/dashboard${page}`, ms)), row('all', [...times.values()].flat())];
}
