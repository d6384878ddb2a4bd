import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { pglitePool } from '../../../src/adapters/store/embedded/pglite-pool.ts';
import { openHistory } from '../../../src/adapters/store/history/history.ts';
import { historyReader } from '../../../src/adapters/store/history/reader.ts';
import { readingPool } from '../../../src/adapters/store/open-store.ts';
import { openSpendTable } from '../../../src/adapters/store/spend-table.ts';
import type { TaskState } from '../../../src/domain/task/task.ts';
import type { AuditEntry, History, HistoryReader, TaskEntry, TranscriptTurn } from '../../../src/ports/history.ts';
import type { SpendStore } from '../../../src/ports/spend.ts';
import { createRedactor } from '../../../src/text/redaction/redactor.ts';
import { aListedTask, aTurn } from '../../dashboard/a-task.ts';
import { openEmbeddedDatabase } from './embedded-database.ts';
import { createDatabase, dropDatabase, onServer } from './test-database.ts';

let embedded: Awaited<ReturnType<typeof openEmbeddedDatabase>>;
let pool: Pool;
let history: History;
let reader: HistoryReader;
let spend: SpendStore;

beforeAll(async () => {
  embedded = await openEmbeddedDatabase();
  pool = pglitePool(embedded.db);
});
afterAll(async () => {
  await pool.end();
  await embedded.close();
});
beforeEach(async () => {
  await pool.query('DROP SCHEMA IF EXISTS planwright CASCADE');
  spend = await openSpendTable(pool);
  history = await openHistory({
    pool,
    redact: createRedactor(['a-very-secret-value']),
    retention: { days: 30, auditDays: 365 },
  });
  reader = historyReader(pool);
});

const entry = (issue: number, state: TaskState = 'review', more: Partial<TaskEntry> = {}): TaskEntry => {
  const { task, title, headline, next, startedBy, startedAt, record, plan, limits } = aListedTask();
  return {
    task: { ...task, issue },
    title,
    state,
    headline,
    next,
    startedBy,
    startedAt: new Date(startedAt).toISOString(),
    usd: 1,
    details: { record, plan, limits },
    ...more,
  };
};
const audit = (key: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  ...{ key, kind: 'approved', at: '2026-11-29T10:00:00.000Z', by: 'wanda', way: 'review', component: null, blob: 'b'.repeat(40) },
  ...{ pull: 2, commit: null, source: 'https://github.com/olga/shop/pull/2', usd: null, text: null, plan: null },
  ...more,
});
const turn = (name: string, more: Partial<TranscriptTurn> = {}): TranscriptTurn => ({
  ...aTurn('text'),
  name,
  at: Date.now(),
  task: entry(1).task,
  ...more,
});
const all = { visible: 'all' as const, states: [], offset: 0, limit: 50 };

describe('tasks', () => {
  test('are listed with those first that are not over, and each costs what its calls have cost', async () => {
    for (const [issue, state] of [
      [1, 'done'],
      [2, 'review'],
      [3, 'executing'],
    ] as const)
      await history.noteTask(entry(issue, state), []);
    await spend.reserve(
      { id: 'a', task: 'olga/shop#3', repository: 'olga/shop', cost: { usd: 2, tokens: 10 }, at: Date.now() },
      [],
    );
    const listed = await reader.tasks(all);
    expect(listed.map((t) => [t.task.issue, t.state, t.usd])).toEqual([
      [3, 'executing', 2],
      [2, 'review', 0],
      [1, 'done', 0],
    ]);
    expect(listed[0]?.calledAt).toBeGreaterThan(Date.now() - 60_000);
    await spend.settle('a', { usd: 0.5, tokens: 5 });
    expect((await reader.tasks({ ...all, states: ['executing'] }))[0]).toMatchObject({ usd: 0.5, calledAt: null });
    expect(await reader.counts('all')).toEqual({ byState: { done: 1, review: 1, executing: 1 }, awaitingPeople: 3 });
  });

  test('are found by any spelling of their names, whole again', async () => {
    await history.noteTask(entry(1), []);
    const { details } = entry(1);
    expect(await reader.task({ owner: 'OLGA', name: 'Shop', issue: 1 }, 'all')).toMatchObject(
      JSON.parse(JSON.stringify(details)),
    );
    expect(await reader.task({ owner: 'olga', name: 'shop', issue: 2 }, 'all')).toBeNull();
  });

  test('are seen by those who may', async () => {
    await history.noteTask(entry(1), []);
    const hers = { ...entry(2), task: { repository: { owner: 'ada', name: 'engine', installation: 8 }, issue: 2 } };
    await history.noteTask(hers, []);
    expect((await reader.tasks({ ...all, visible: ['ada/engine'] })).map((t) => t.task.issue)).toEqual([2]);
    expect(await reader.tasks({ ...all, visible: [] })).toEqual([]);
    expect(await reader.repositories()).toEqual([
      { owner: 'ada', name: 'engine', installation: 8 },
      { owner: 'olga', name: 'shop', installation: 7 },
    ]);
  });

  test('keep since when they are in a state, and are not written again without need', async () => {
    const since = async () =>
      (await reader.task({ owner: 'olga', name: 'shop', issue: 1 }, 'all')) ?? { stateSince: 0, updatedAt: 0 };
    await history.noteTask(entry(1), []);
    const first = await since();
    await history.noteTask(entry(1), []);
    expect((await since()).updatedAt).toBe(first.updatedAt);
    await history.noteTask(entry(1, 'review', { title: 'Another title' }), []);
    const second = await since();
    expect([second.stateSince, second.updatedAt > first.updatedAt]).toEqual([first.stateSince, true]);
    await history.noteTask(entry(1, 'executing'), []);
    expect((await since()).stateSince).toBeGreaterThan(first.stateSince);
    await history.taskRemoved(entry(1).task);
    expect(await since()).toMatchObject({ removed: true });
  });
});

describe('a name that stands for another repository by now', () => {
  const hers = ['olga/shop'];
  const seenBy = async (visible: 'all' | string[]) => ({
    tasks: (await reader.tasks({ ...all, visible })).length,
    task: (await reader.task({ owner: 'olga', name: 'shop', issue: 1 }, visible)) !== null,
    turns: (await reader.transcript('component:olga/shop#1/bucket:1', visible)).length,
    conversations: (await reader.conversations(entry(1).task, visible)).length,
    calls: (await reader.spending(entry(1).task, visible)).length,
    audit: (await reader.audit({ visible, task: null, since: null, before: null, limit: 9 })).length,
  });
  const ALL = { tasks: 1, task: true, turns: 1, conversations: 1, calls: 1, audit: 1 };
  const NONE = { tasks: 0, task: false, turns: 0, conversations: 0, calls: 0, audit: 0 };
  beforeEach(async () => {
    await history.noteTask(entry(1), [audit('one')]);
    await history.noteTurn(turn('turn 1', { at: Date.now() - 1_000 }));
    const at = Date.now() - 1_000;
    await spend.reserve({ id: 'a', task: 'olga/shop#1', repository: 'olga/shop', cost: { usd: 1, tokens: 1 }, at }, []);
  });

  test('after it was renamed, transferred or deleted, only the operator sees what was before', async () => {
    expect([await seenBy(hers), await seenBy('all')]).toEqual([ALL, ALL]);
    await history.detach({ owner: 'Olga', name: 'shop' });
    expect([await seenBy(hers), await seenBy('all')]).toEqual([NONE, ALL]);
  });

  test('what became of others changes nothing for a repository that stays', async () => {
    for (const name of ['engine', 'loom']) await history.detach({ owner: 'ada', name });
    expect([await seenBy(hers), await seenBy('all')]).toEqual([ALL, ALL]);
    const first = { visible: hers, task: null, since: null, before: null, limit: 9 };
    expect(await reader.audit(first)).toHaveLength(1);
    expect(await reader.counts(hers)).toMatchObject({ byState: { review: 1 } });
  });

  test('a task that is over keeps its installation, and hides nothing of those that go on through another', async () => {
    const { task } = entry(2);
    const elsewhere = { ...entry(2), task: { ...task, repository: { ...task.repository, installation: 8 } } };
    await history.noteTask(elsewhere, []);
    await history.noteTurn(turn('turn 2', { task: elsewhere.task, at: Date.now() + 1_000 }));
    const before = await seenBy(hers);
    await history.noteTask({ ...elsewhere, headline: 'Going on' }, []);
    expect(await seenBy(hers)).toEqual(before);
  });

  test('of an account that uninstalled the App, nobody is awaited any more, until it is observed again', async () => {
    await history.left('OLGA');
    expect(await reader.counts('all')).toMatchObject({ awaitingPeople: 0 });
    await history.noteTask({ ...entry(1), headline: 'Back again' }, []);
    expect(await reader.counts('all')).toMatchObject({ awaitingPeople: 1 });
  });

  test('an account that has the App again awaits its tasks as before, but not those whose issue is gone', async () => {
    await history.noteTask(entry(2, 'done'), []);
    await history.noteTask(entry(3), []);
    await history.taskRemoved(entry(3).task);
    const rows = async () =>
      (await reader.tasks(all))
        .map(({ task, removed, away }) => [task.issue, removed, away])
        .sort((a, b) => Number(a[0]) - Number(b[0]));
    await history.left('OLGA');
    const left = [
      [1, true, true],
      [2, true, true],
      [3, true, false],
    ];
    expect(await rows()).toEqual(left);
    const { repository } = entry(1).task;
    await history.returned({ ...repository, installation: 8 }, null);
    await history.returned({ ...repository, name: 'stall' }, null);
    expect(await rows()).toEqual(left);
    await history.returned({ ...repository, owner: 'Olga' }, 5);
    expect(await rows()).toEqual([
      [1, false, false],
      [2, false, false],
      [3, true, false],
    ]);
  });

  test("a repository that takes the name of one that moved away does not bring that one's tasks back", async () => {
    const { repository } = entry(1).task;
    await history.detach(repository);
    await history.returned(repository, 5);
    expect(await reader.tasks(all)).toMatchObject([{ removed: true, away: false }]);
    await history.noteTask({ ...entry(1), headline: 'Back again' }, []);
    expect(await reader.tasks(all)).toMatchObject([{ removed: false, away: false }]);
  });

  test('nobody lacks access under the name that a repository had, also where the App had left it before', async () => {
    await history.left('olga');
    await history.detach({ owner: 'Olga', name: 'shop' });
    expect(await reader.tasks(all)).toMatchObject([{ removed: true, away: false }]);
  });

  describe('where the App has left one repository', () => {
    const SHOP = { owner: 'Olga', name: 'Shop' };
    const { repository } = entry(1).task;
    const isAway = async () => (await reader.tasks(all)).map(({ removed, away }) => [removed, away]);
    const AWAY = [[true, true]];
    const BACK = [[false, false]];

    test('only the operator sees what was before, until the same one is back, also where a task is over', async () => {
      await history.noteTask(entry(1, 'done'), []);
      await history.leftRepository(SHOP, 5);
      expect([await seenBy(hers), await seenBy('all'), await isAway()]).toEqual([NONE, ALL, AWAY]);
      await history.returned(repository, 5);
      expect([await seenBy(hers), await seenBy('all'), await isAway()]).toEqual([ALL, ALL, BACK]);
    });

    test('it may be left again, and a second delivery of the same changes nothing', async () => {
      for (const _ of [1, 2]) {
        await history.leftRepository(SHOP, 5);
        await history.leftRepository(SHOP, 5);
        expect([await seenBy(hers), await isAway()]).toEqual([NONE, AWAY]);
        await history.returned(repository, 5);
        await history.returned(repository, 5);
        expect([await seenBy(hers), await isAway()]).toEqual([ALL, BACK]);
      }
    });

    test('what was detached before stays so', async () => {
      await history.detach(repository);
      await history.leftRepository(SHOP, 5);
      await history.returned(repository, 5);
      expect([await seenBy(hers), await isAway()]).toEqual([NONE, [[true, false]]]);
    });

    test.each<[string, () => Promise<void>]>([
      ['another repository comes under the name', () => history.returned(repository, 6)],
      ['nobody knows which one comes', () => history.returned(repository, null)],
      ['one under another name comes', () => history.returned({ ...repository, name: 'stall' }, 5)],
      [
        'another one has come and gone',
        async () => {
          await history.returned(repository, 6);
          await history.returned(repository, 5);
        },
      ],
      [
        'another one has been left meanwhile',
        async () => {
          await history.leftRepository(SHOP, 6);
          await history.returned(repository, 6);
          await history.returned(repository, 5);
        },
      ],
    ])('the rows stay with the operator where %s', async (_, happens) => {
      await history.leftRepository(SHOP, 5);
      await happens();
      expect([await seenBy(hers), await seenBy('all'), await isAway()]).toEqual([NONE, ALL, AWAY]);
    });

    test('they stay with the operator, without a word of access, where it was renamed or deleted meanwhile', async () => {
      await history.leftRepository(SHOP, 5);
      await history.detach(repository);
      await history.returned(repository, 5);
      expect([await seenBy(hers), await isAway()]).toEqual([NONE, [[true, false]]]);
    });
  });

  test("what happens under the name later does not make the former one's rows visible", async () => {
    await history.noteTask(entry(2), []);
    await pool.query("INSERT INTO planwright.detached (repository, at) VALUES ('olga/shop', clock_timestamp())");
    await history.left('olga');
    await history.taskRemoved(entry(2).task);
    expect(await seenBy(hers)).toEqual(NONE);
  });

  test('so it is when a task comes through another installation; what is new is seen', async () => {
    const { task } = entry(1);
    const elsewhere = { ...entry(1), task: { ...task, repository: { ...task.repository, installation: 8 } } };
    await history.noteTask(elsewhere, [audit('two')]);
    expect(await seenBy(hers)).toEqual({ ...NONE, tasks: 1, task: true, audit: 1 });
    expect(await seenBy('all')).toEqual({ ...ALL, audit: 2 });
    await history.noteTask(elsewhere, [audit('three')]);
    expect(await seenBy(hers)).toEqual({ ...NONE, tasks: 1, task: true, audit: 2 });
  });
});

// The embedded database's clock counts in milliseconds, so that all of a transaction may have one time.
test('what is noted once a repository was detached is seen, also where the clock has not moved on', async () => {
  const hers = ['olga/shop'];
  await history.detach({ owner: 'Olga', name: 'shop' });
  await pool.query("UPDATE planwright.detached SET at = clock_timestamp() + interval '1 hour'");
  await history.noteTask(entry(1), [audit('one')]);
  await history.noteTask(entry(1, 'executing'), [audit('two')]);
  await history.noteTask(entry(2), []);
  expect(await reader.tasks({ ...all, visible: hers })).toHaveLength(2);
  expect(await reader.audit({ visible: hers, task: null, since: null, before: null, limit: 9 })).toHaveLength(2);
  await history.taskRemoved(entry(2).task);
  expect(await reader.tasks({ ...all, visible: hers })).toHaveLength(2);
  await history.detach({ owner: 'Olga', name: 'shop' });
  expect(await reader.tasks({ ...all, visible: hers })).toEqual([]);
});

describe('transcripts', () => {
  test('hold what models write, without secrets, and once for each turn', async () => {
    const nasty = 'a\0b \ud800 a-very-secret-value ghp_0123456789abcdefghijABCDEFGHIJ012345 \u2028';
    await history.noteTurn(turn('turn 1', { content: aTurn(nasty).content }));
    await history.noteTurn(turn('turn 1', { content: aTurn(nasty).content, usd: 0.3 }));
    const [read, ...more] = await reader.transcript('component:olga/shop#1/bucket:1', 'all');
    expect(more).toEqual([]);
    expect(read).toMatchObject({ usd: 0.3, name: 'turn 1', usage: { input: 10, output: 40 } });
    expect(read?.content.text).toBe('a\0b \ud800 [redacted] [redacted] \u2028');
    expect(JSON.stringify(read)).not.toMatch(/very-secret|ghp_/);
  });

  test.each([
    ['an assignment with quotes', 'DB_PASSWORD = "hunter2hunter2"', 'hunter2'],
    ['a header with quotes', 'Authorization: "Bearer abcdef1234567890abcdef"', 'abcdef1234567890'],
    ['an assignment before a line with quotes', 'API_TOKEN=abcdef1234567890abcdef\nNEXT="x"', 'abcdef1234567890'],
    ['a secret behind what is cut', `${'a '.repeat(149_990)} a-very-secret-value`, 'very-secret'],
    ['a secret where it is cut', `${'a'.repeat(299_990)} a-very-secret-value`, 'a-very'],
  ])('arguments of a call stay JSON, without their secrets: %s', async (_, content, secret) => {
    const { content: said } = aTurn('text');
    const calls = [{ id: '1', name: 'create_file', input: JSON.stringify({ path: 'src/a.js', content }) }];
    await history.noteTurn(turn('turn 1', { content: { ...said, calls } }));
    const [read] = await reader.transcript('component:olga/shop#1/bucket:1', 'all');
    const input = JSON.parse(read?.content.calls[0]?.input ?? '') as { path: string; content: string };
    expect(input.path).toBe('src/a.js');
    expect(input.content).not.toContain(secret);
    expect(input.content.length).toBeLessThan(300_100);
  });

  test('are summed up by piece of work', async () => {
    await history.noteTurn(turn('turn 1', { at: 1_000_000 }));
    await history.noteTurn(turn('turn 2', { at: 2_000_000, model: null, usd: 0, failed: true }));
    await history.noteTurn(turn('turn 1', { workflow: 'plan:olga/shop#1:1.1.1', usd: null, at: 3_000_000 }));
    expect(await reader.conversations(entry(1).task, 'all')).toMatchObject([
      { workflow: 'component:olga/shop#1/bucket:1', from: 1_000_000, to: 2_000_000, turns: 1, usd: 0.02, failed: true },
      { workflow: 'plan:olga/shop#1:1.1.1', turns: 1, usd: null, failed: false },
    ]);
  });
});

describe('the audit', () => {
  test('keeps each entry once, newest first, and by page', async () => {
    await history.noteTask(entry(1), [audit('one'), audit('two')]);
    await history.noteTask(entry(1), [audit('two', { by: 'mallory' }), audit('three', { kind: 'published', usd: 0.2 })]);
    const filter = { visible: 'all' as const, task: null, since: null, before: null, limit: 2 };
    const first = await reader.audit(filter);
    expect(first.map(({ key, by, usd }) => [key.split(':').at(-1), by, usd])).toEqual([
      ['three', 'wanda', 0.2],
      ['two', 'wanda', null],
    ]);
    expect(await reader.audit({ ...filter, before: first.at(-1)?.id ?? 0 })).toMatchObject([{ at: '2026-11-29T10:00:00.000Z' }]);
    expect(await reader.audit({ ...filter, task: { owner: 'Olga', name: 'shop', issue: 1 } })).toHaveLength(2);
    expect(await reader.audit({ ...filter, since: Date.now() + 60_000 })).toEqual([]);
    expect(await reader.audit({ ...filter, visible: ['ada/engine'] })).toEqual([]);
  });

  test('cannot be changed', async () => {
    await history.noteTask(entry(1), [audit('one')]);
    await expect(pool.query(`UPDATE planwright.audit SET what = '{}'`)).rejects.toThrow('only added to');
  });
});

test('what is older than the operator keeps it goes, and what is not over stays', async () => {
  const old = (days: number) => Date.now() - days * 86_400_000;
  await history.noteTurn(turn('turn 1', { at: old(31) }));
  await history.noteTurn(turn('turn 2', { at: old(29) }));
  for (const [issue, state] of [
    [1, 'done'],
    [2, 'executing'],
    [3, 'done'],
  ] as const)
    await history.noteTask(entry(issue, state), [audit(`of ${issue}`)]);
  await pool.query(`UPDATE planwright.task SET updated_at = now() - interval '31 days' WHERE issue < 3`);
  await pool.query(`ALTER TABLE planwright.audit DISABLE TRIGGER audit_is_final`);
  await pool.query(`UPDATE planwright.audit SET noted_at = now() - interval '366 days' WHERE issue = 1`);
  await history.removeOutdated();
  expect((await reader.transcript('component:olga/shop#1/bucket:1', 'all')).map(({ name }) => name)).toEqual(['turn 2']);
  expect((await reader.tasks(all)).map((t) => t.task.issue).sort()).toEqual([2, 3]);
  const kept = await reader.audit({ visible: 'all', task: null, since: null, before: null, limit: 9 });
  expect(kept.map(({ issue }) => issue)).toEqual([3, 2]);
});

onServer('on PostgreSQL', () => {
  test('pages read on connections that cannot write', async () => {
    const url = await createDatabase();
    const reading = readingPool(url);
    await expect(reading.query('CREATE TABLE x (y text)')).rejects.toThrow('read-only');
    await reading.end();
    await dropDatabase(url);
  });
});
