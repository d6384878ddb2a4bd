import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { remember } from '../../../domain/remember.ts';
import { fullName } from '../../../domain/repository.ts';
import { type TaskRef, taskKey } from '../../../domain/task/task.ts';
import type { StatusTexts, TaskList } from '../../../ports/shared-memory.ts';

const TEXTS_KEPT = 10;
const TASKS_KEPT = 10_000;

export function statusTextsInMemory(): StatusTexts {
  const texts = new Map<string, readonly string[]>();
  return {
    written: async (task) => texts.get(taskKey(task)) ?? [],
    async wrote(task, digest) {
      const key = taskKey(task);
      const latest = [...(texts.get(key) ?? []).filter((text) => text !== digest), digest].slice(-TEXTS_KEPT);
      remember(texts, key, latest, TASKS_KEPT);
    },
    forget: async (task) => void texts.delete(taskKey(task)),
  };
}

/**
 * The same for several processes: one that never wrote the status must not decide on an older one that GitHub still shows. GitHub is late by
 * seconds; a text that was written longer ago than this and is not there was removed while no process was told.
 */
export function openStatusTexts(pool: Pool, log: Logger): StatusTexts {
  const keyOf = ({ repository, issue }: TaskRef) => `${fullName(repository).toLowerCase()}#${issue}`;
  const quietly = async (task: TaskRef, run: () => Promise<unknown>): Promise<void> => {
    await run().catch((error: unknown) => log.warn({ err: error, task: taskKey(task) }, 'What was written could not be noted'));
  };
  return {
    async written(task) {
      const { rows } = await pool.query<{ digests: string[] }>(
        "SELECT digests FROM planwright.status_text WHERE task = $1 AND written_at > now() - interval '10 minutes'",
        [keyOf(task)],
      );
      return rows[0]?.digests ?? [];
    },
    wrote: (task, digest) =>
      quietly(task, () =>
        pool.query(
          `INSERT INTO planwright.status_text AS known (task, digests) VALUES ($1, ARRAY[$2::text])
           ON CONFLICT (task) DO UPDATE SET written_at = now(),
           digests = (array_remove(known.digests, $2::text))[greatest(cardinality(known.digests) - ${TEXTS_KEPT - 2}, 1):] || $2::text`,
          [keyOf(task), digest],
        ),
      ),
    forget: (task) => quietly(task, () => pool.query('DELETE FROM planwright.status_text WHERE task = $1', [keyOf(task)])),
  };
}

export function taskListInMemory(): TaskList {
  const open = new Map<string, { readonly task: TaskRef; isAway: boolean }>();
  return {
    add: async (task) => void open.set(taskKey(task), { task, isAway: false }),
    remove: async (task) => void open.delete(taskKey(task)),
    async left(owner, names) {
      const all = lowerCase(names);
      for (const one of open.values()) {
        const { repository } = one.task;
        const isThere = all === null || all.includes(repository.name.toLowerCase());
        if (isThere && repository.owner.toLowerCase() === owner.toLowerCase()) one.isAway = true;
      }
    },
    all: async () => [...open.values()].filter(({ isAway }) => !isAway).map(({ task }) => task),
    async of(repository) {
      const wanted = fullName(repository).toLowerCase();
      return [...open.values()].flatMap(({ task }) => (fullName(task.repository).toLowerCase() === wanted ? [task] : []));
    },
  };
}

const lowerCase = (names: readonly string[] | null): string[] | null => names?.map((name) => name.toLowerCase()) ?? null;

/** GitHub's names are case-insensitive. */
const NAME = { owner: "lower(task->'repository'->>'owner')", name: "lower(task->'repository'->>'name')" };

/** Since when a task is out of reach is in its own `away`, of which earlier versions take no notice. */
export function openTaskList(pool: Pool): TaskList {
  return {
    async add(task) {
      await pool.query(
        'INSERT INTO planwright.open_task (key, task) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET task = excluded.task',
        [taskKey(task), JSON.stringify(task)],
      );
    },
    async remove(task) {
      await pool.query('DELETE FROM planwright.open_task WHERE key = $1', [taskKey(task)]);
    },
    async left(owner, names) {
      await pool.query(
        `UPDATE planwright.open_task SET task = task || jsonb_build_object('away', now())
         WHERE ${NAME.owner} = $1 AND ($2::text[] IS NULL OR ${NAME.name} = ANY ($2))`,
        [owner.toLowerCase(), lowerCase(names)],
      );
    },
    async all() {
      const { rows } = await pool.query<{ task: TaskRef }>(
        "SELECT task FROM planwright.open_task WHERE task->'away' IS NULL ORDER BY key",
      );
      return rows.map(({ task }) => task);
    },
    async of({ owner, name }) {
      const { rows } = await pool.query<{ task: TaskRef }>(
        `SELECT task - 'away' AS task FROM planwright.open_task WHERE ${NAME.owner} = $1 AND ${NAME.name} = $2 ORDER BY key`,
        [owner.toLowerCase(), name.toLowerCase()],
      );
      return rows.map(({ task }) => task);
    },
  };
}
