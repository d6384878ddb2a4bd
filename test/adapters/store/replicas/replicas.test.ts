import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import { openDatabaseSession } from '../../../../src/adapters/store/database-session.ts';
import { join, type Membership } from '../../../../src/adapters/store/replicas/membership.ts';
import { openPauses } from '../../../../src/adapters/store/replicas/pauses.ts';
import { openRequestSlots } from '../../../../src/adapters/store/replicas/request-slots.ts';
import { openStatusTexts } from '../../../../src/adapters/store/replicas/shared-memory.ts';
import { makeReplicaTables, removeOutdated } from '../../../../src/adapters/store/replicas/tables.ts';
import { strandedWork, sweepForDead } from '../../../../src/adapters/store/replicas/take-over.ts';
import { openTaskTurns } from '../../../../src/adapters/store/replicas/task-turns.ts';
import type { Pauses, RequestSlots } from '../../../../src/ports/shared-memory.ts';
import { createDatabase, dropDatabase, onServer } from '../test-database.ts';

const log = pino({ level: 'silent' });
/** The product's own in a tenth of the time. */
const WAITS = { beat: 200, fence: 1_200, lease: 2_000, turn: [], nextTurn: 10, database: 10, unready: 0, money: 10 };

onServer('replicas on PostgreSQL', () => {
  let url: string;
  let pools: pg.Pool[];
  let members: Membership[];

  const aPool = (): pg.Pool => {
    const pool = new pg.Pool({ connectionString: url, max: 4 });
    pool.on('error', () => {});
    pools.push(pool);
    return pool;
  };
  beforeEach(async () => {
    url = await createDatabase();
    pools = [];
    members = [];
    const pool = aPool();
    await makeReplicaTables(pool);
    // What is looked at of the engine's table.
    await pool.query(
      'CREATE SCHEMA dbos; CREATE TABLE dbos.workflow_status (workflow_uuid text PRIMARY KEY, status text, executor_id text)',
    );
  });
  afterEach(async () => {
    for (const member of members) member.close();
    for (const pool of pools) await pool.end();
    await dropDatabase(url);
  });

  /** A replica, and the switch that cuts it off from the database. */
  async function aReplica() {
    const pool = aPool();
    let isCut = false;
    const query = pool.query.bind(pool) as (...given: unknown[]) => unknown;
    pool.query = ((...given: unknown[]) =>
      isCut ? Promise.reject(new Error('no route')) : query(...given)) as typeof pool.query;
    const member = await join({ pool, version: '1', waits: WAITS, predecessor: null, log });
    members.push(member);
    return {
      member,
      cut: (cut: boolean) => {
        isCut = cut;
      },
      sweep: () => sweepForDead({ pool, member, waits: WAITS, log }, async () => {}),
    };
  }
  const eventually = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await condition())) await delay(20);
  };

  test('one that is cut off stops acting before others take it for dead, and ends when it learns of it', async () => {
    const [first, second] = [await aReplica(), await aReplica()];
    expect([first.member.first, second.member.first]).toEqual([true, false]);
    await eventually(() => first.member.steadyFor() > WAITS.lease);
    second.cut(true);
    expect(await first.sweep()).toEqual([]);
    await eventually(() => !second.member.fence.isOpen());
    expect(await first.sweep()).toEqual([]);
    const acts = second.member.fence.opened().then(() => 'acts');
    let dead: string[] = [];
    await eventually(async () => {
      dead = await first.sweep();
      return dead.length > 0;
    });
    expect(dead).toEqual([second.member.id]);
    second.cut(false);
    await eventually(() => second.member.lost.aborted);
    expect(second.member.lost.reason).toMatch('took this process for dead');
    expect(second.member.fence.isOpen()).toBe(false);
    expect(await Promise.race([acts, delay(10, 'waits')])).toBe('waits');
  });

  test('one that is cut off for less than the lease continues to act', async () => {
    const { member, cut } = await aReplica();
    cut(true);
    await eventually(() => !member.fence.isOpen());
    const acts = member.fence.opened();
    cut(false);
    await acts;
    expect(member.fence.isOpen()).toBe(true);
  });

  test('when the database was gone for all, the first one back takes nobody for dead', async () => {
    const [first, second] = [await aReplica(), await aReplica()];
    await eventually(() => first.member.steadyFor() > WAITS.lease);
    for (const { cut } of [first, second]) cut(true);
    const { rows: began } = await aPool().query('SELECT clock_timestamp() AS at');
    await eventually(async () => {
      const { rows } = await (pools.at(-1) as pg.Pool).query(
        `SELECT clock_timestamp() > $1::timestamptz + $2 * interval '1 millisecond' AS over`,
        [began[0].at, 1.5 * WAITS.lease],
      );
      return rows[0].over;
    });
    first.cut(false);
    await eventually(() => first.member.fence.isOpen());
    expect(await first.sweep()).toEqual([]);
    second.cut(false);
    await eventually(() => second.member.fence.isOpen());
    await eventually(() => first.member.steadyFor() > WAITS.lease);
    expect(await first.sweep()).toEqual([]);
    expect(second.member.lost.aborted).toBe(false);
  });

  test('the time is the database’s, whatever the local clock says', async () => {
    const { member } = await aReplica();
    const before = member.time.earliest();
    const { rows } = await aPool().query('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now');
    const now = Number(rows[0].now);
    expect(before).toBeLessThanOrEqual(now);
    expect(member.time.latest()).toBeGreaterThanOrEqual(now);
  });

  test('one that finds the turn taken has it as soon as the other has ended', async () => {
    const pool = aPool();
    await pool.query("INSERT INTO dbos.workflow_status VALUES ('first', 'PENDING')");
    let tries = 0;
    const query = pool.query.bind(pool) as (...given: unknown[]) => unknown;
    pool.query = ((...given: unknown[]) => {
      tries += 1;
      return query(...given);
    }) as typeof pool.query;
    const { take } = openTaskTurns(pool, { ...WAITS, turn: Array(500).fill(10) }, log);
    expect(await take('olga/shop#1', 'first')).toBe(true);
    const second = take('olga/shop#1', 'second');
    await eventually(() => tries > 3);
    await aPool().query("UPDATE dbos.workflow_status SET status = 'SUCCESS' WHERE workflow_uuid = 'first'");
    expect(await second).toBe(true);
  });

  test('a task has one workflow at a time, over all processes', async () => {
    const processes = [aPool(), aPool(), aPool()];
    const pool = aPool();
    let holders = 0;
    let overlaps = 0;
    let turns = 0;
    const work = async (of: pg.Pool, worker: number): Promise<void> => {
      const { take } = openTaskTurns(of, WAITS, log);
      for (let i = 0; i < 40; i++) {
        const id = `${worker}:${i}`;
        await of.query("INSERT INTO dbos.workflow_status VALUES ($1, 'PENDING')", [id]);
        while (!(await take('olga/shop#1', id))) await delay(Math.random() * 4);
        holders += 1;
        overlaps += holders > 1 ? 1 : 0;
        turns += 1;
        expect(await take('olga/shop#1', id)).toBe(true);
        holders -= 1;
        await of.query("UPDATE dbos.workflow_status SET status = 'SUCCESS' WHERE workflow_uuid = $1", [id]);
      }
    };
    await Promise.all(processes.flatMap((of, p) => [work(of, 2 * p), work(of, 2 * p + 1)]));
    expect({ turns, overlaps }).toEqual({ turns: 240, overlaps: 0 });

    // Another replica is to continue it, so it has its turn still.
    await pool.query(
      "UPDATE dbos.workflow_status SET status = 'ENQUEUED' WHERE workflow_uuid = (SELECT workflow FROM planwright.turn)",
    );
    const { take } = openTaskTurns(pool, WAITS, log);
    expect(await take('olga/shop#1', 'next')).toBe(false);
    expect(await take('olga/shop#2', 'next')).toBe(true);

    // What has ended is removed in time, and what is to be continued is not.
    await pool.query("UPDATE planwright.turn SET taken_at = now() - interval '2 days'");
    await removeOutdated(pool);
    expect((await pool.query('SELECT task FROM planwright.turn')).rows).toEqual([{ task: 'olga/shop#1' }]);
  });

  test('two processes together never reserve more requests in a span than it may hold, and keep the gap', async () => {
    const limits = [
      { requests: 5, withinMs: 1_000 },
      { requests: 12, withinMs: 5_000 },
    ];
    const both = [openRequestSlots(aPool()), openRequestSlots(aPool())];
    await Promise.all(Array.from({ length: 30 }, (_, i) => (both[i % 2] as RequestSlots).reserve('github 7', limits, 100)));
    await both[0]?.reserve('github 8', limits, 100);
    const { rows } = await (pools[0] as pg.Pool).query(
      "SELECT extract(epoch FROM at)::float8 * 1000 AS at FROM planwright.slot WHERE key = 'github 7' ORDER BY at",
    );
    const moments = rows.map(({ at }) => Number(at));
    expect(moments).toHaveLength(30);
    // The database's clock moves on between reading it and using it.
    for (const { requests, withinMs } of [...limits, { requests: 1, withinMs: 100 }])
      for (let i = requests; i < moments.length; i++)
        expect((moments[i] as number) - (moments[i - requests] as number)).toBeGreaterThan(withinMs - 1);
    expect((moments.at(-1) as number) - (moments[0] as number)).toBeLessThan(12_000);
  });

  test('a pause that one process runs into holds for the others, also where they were cut off when it began', async () => {
    const sessions = await Promise.all([openDatabaseSession(url), openDatabaseSession(url)]);
    const [x, y] = sessions.map((session) => {
      if (!session.ok) throw new Error(session.reason);
      // The database's time has fractions, and who is told when to go on counts in whole milliseconds.
      const now = () => Date.now() + 0.9202;
      return openPauses(aPool(), session.value, { earliest: now, latest: now }, log);
    }) as [Pauses, Pauses];
    const until = Date.now() + 60_000;
    x.pause('github 7', until);
    expect(x.until('github 7')).toBe(until);
    await eventually(() => y.until('github 7') !== null);
    expect(Math.abs((y.until('github 7') as number) - until)).toBeLessThan(1_000);
    expect(y.until('github 7')).toEqual(Math.ceil(y.until('github 7') as number));
    expect(y.until('github 8')).toBeNull();

    await aPool().query("INSERT INTO planwright.pause VALUES ('github 9', $1)", [until]);
    expect(y.until('github 9')).toBeNull();
    await aPool().query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'planwright session' AND datname = current_database()",
    );
    await eventually(() => y.until('github 9') !== null);
    for (const session of sessions) if (session.ok) await session.value.release();
  });

  test('which status was written last is known to every process, and an old text counts as old again when it is written again', async () => {
    const [x, y] = [openStatusTexts(aPool(), log), openStatusTexts(aPool(), log)];
    const task = { repository: { owner: 'olga', name: 'shop', installation: 1 }, issue: 7 };
    for (let i = 0; i < 12; i++) await x.wrote(task, String(i));
    await y.wrote(task, '5');
    expect(await x.written(task)).toEqual(['3', '4', '6', '7', '8', '9', '10', '11', '5']);
    await x.forget(task);
    expect(await y.written(task)).toEqual([]);
  });

  test('what only the replica that is leaving can continue is not stranded to itself, and is to another version', async () => {
    const pool = aPool();
    await pool.query('ALTER TABLE dbos.workflow_status ADD COLUMN application_version text');
    await pool.query(
      "INSERT INTO dbos.workflow_status (workflow_uuid, status, application_version) VALUES ('ours', 'PENDING', '1'), ('older', 'ENQUEUED', '0')",
    );
    const { member } = await aReplica();
    await member.leave();
    expect(await strandedWork(pool, '1')).toEqual(['older']);
    expect((await strandedWork(pool, '2')).sort()).toEqual(['older', 'ours']);
  });
});
