import type { Pool, PoolClient } from 'pg';
import { fullName } from '../../../domain/repository.ts';
import { type TaskRef, taskKey } from '../../../domain/task/task.ts';
import type { AuditEntry, History, TaskEntry, TranscriptContent } from '../../../ports/history.ts';
import type { Redactor } from '../../../text/redaction/redactor.ts';
import { clip } from '../../../text/truncate.ts';
import { inTransaction } from '../in-transaction.ts';
import { makeHistoryTables } from './tables.ts';

export interface HistoryOptions {
  readonly pool: Pool;
  /** Applied to every text of models, tools and people. */
  readonly redact: Redactor;
  /** For how many days transcripts and ended tasks are kept, and the audit. */
  readonly retention: { readonly days: number; readonly auditDays: number };
}

/** Of rows `t`: what was detached is of another repository, which only had the name. */
const IS_PRESENT =
  "t.updated_at > coalesce((SELECT d.at FROM planwright.detached d WHERE d.repository = t.repository), '-infinity')";

/** Rows that were detached already say nothing: a task that is over keeps its installation for as long as it is kept. */
const CAME_ELSEWISE = `
SELECT 1 FROM planwright.task t WHERE t.repository = $1 AND t.installation <> $2 AND ${IS_PRESENT} LIMIT 1`;

/**
 * Now, and in any case after the repository was detached, though the clock may not have moved on since: the embedded database's counts in
 * milliseconds. What is detached again lies after all of these.
 */
const sinceDetached = (repository: string): string =>
  `greatest(clock_timestamp(), (SELECT d.at + interval '1 microsecond' FROM planwright.detached d WHERE d.repository = ${repository}))`;

const PUT_TASK = `
INSERT INTO planwright.task AS known
  (key, repository, task, owner, name, issue, installation, title, state, headline, awaits, who, next, started_by, started_at, usd, details,
   updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, ${sinceDetached('$2')})
ON CONFLICT (key) DO UPDATE SET
  repository = excluded.repository, task = excluded.task, owner = excluded.owner, name = excluded.name, installation = excluded.installation,
  title = excluded.title, state = excluded.state, headline = excluded.headline, awaits = excluded.awaits, who = excluded.who,
  next = excluded.next, started_by = excluded.started_by, started_at = excluded.started_at, usd = excluded.usd, details = excluded.details,
  removed = false, away = false, updated_at = excluded.updated_at,
  state_since = CASE WHEN known.state = excluded.state THEN known.state_since ELSE clock_timestamp() END
WHERE (known.title, known.state, known.headline, known.next, known.details, known.installation, known.removed)
  IS DISTINCT FROM (excluded.title, excluded.state, excluded.headline, excluded.next, excluded.details, excluded.installation, false)`;

const PUT_AUDIT = `
INSERT INTO planwright.audit (key, at, repository, issue, kind, what, noted_at)
VALUES ($1, $2, $3, $4, $5, $6, ${sinceDetached('lower($3)')}) ON CONFLICT (key) DO NOTHING`;

const DETACH = `
INSERT INTO planwright.detached AS known (repository, at) VALUES ($1, clock_timestamp())
ON CONFLICT (repository) DO UPDATE SET at = greatest(excluded.at, known.at + interval '1 microsecond')`;

/** What may be an old row's is left alone: it would look like one of the repository that has the name now. */
const LEAVE = `UPDATE planwright.task AS t SET removed = true, away = true, updated_at = clock_timestamp() WHERE NOT t.removed AND ${IS_PRESENT}`;

/** Until it is known to be the same repository that returns; one that leaves again without having been back keeps what it would return to. */
const DETACH_FOR_NOW = `
INSERT INTO planwright.detached AS known (repository, at, left_at, left_id) SELECT $1, at, at, $2 FROM (SELECT clock_timestamp() AS at) AS now
ON CONFLICT (repository) DO UPDATE SET
  former = CASE WHEN known.at = known.left_at AND known.left_id = excluded.left_id THEN known.former ELSE known.at END,
  at = greatest(excluded.at, known.at + interval '1 microsecond'), left_at = greatest(excluded.at, known.at + interval '1 microsecond'),
  left_id = excluded.left_id`;

/** Another repository that comes under the name ends it for good, and so does whatever has detached the name in the meantime. */
const REATTACH = `
UPDATE planwright.detached SET left_id = NULL, at = CASE WHEN at = left_at AND left_id = $2 THEN coalesce(former, '-infinity') ELSE at END
WHERE repository = $1 AND left_id IS NOT NULL`;

const RETURN = `
UPDATE planwright.task AS t SET removed = false, away = false
WHERE t.repository = $1 AND t.installation = $2 AND t.away AND ${IS_PRESENT}`;

const PUT_TURN = `
INSERT INTO planwright.transcript
  (workflow, name, task, at, ms, model, input, cache_read, cache_write, output, reasoning, usd, failed, content)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (workflow, name) DO UPDATE SET
  task = excluded.task, at = excluded.at, ms = excluded.ms, model = excluded.model, input = excluded.input, cache_read = excluded.cache_read,
  cache_write = excluded.cache_write, output = excluded.output, reasoning = excluded.reasoning, usd = excluded.usd, failed = excluded.failed,
  content = excluded.content`;

/** Rows that go together: the tables must not be kept busy by one long statement. */
const BATCH = 2_000;

/** What happened, in rows; makes their tables where there are none. */
export async function openHistory({ pool, redact, retention }: HistoryOptions): Promise<History> {
  await makeHistoryTables(pool);
  const json = (value: unknown): string => redactJson(value, redact);
  const transcript = ({ calls, ...rest }: TranscriptContent): string => {
    const clean = (text: string): string => bounded(redact(text));
    const cleaned = calls.map(({ id, name, input }) => ({ id, name: clean(name), input: cleanInput(input, clean) }));
    return JSON.stringify({ ...JSON.parse(redactJson(rest, clean)), calls: cleaned });
  };

  async function putTask(client: Pick<PoolClient, 'query'>, entry: TaskEntry): Promise<void> {
    const { task, next } = entry;
    const { owner, name, installation } = task.repository;
    await client.query(PUT_TASK, [
      keyOf(task),
      fullName(task.repository).toLowerCase(),
      taskKey(task),
      owner,
      name,
      task.issue,
      installation,
      storable(redact(entry.title)),
      entry.state,
      storable(redact(entry.headline)),
      next.awaits,
      next.who,
      storable(redact(next.text)),
      entry.startedBy,
      new Date(entry.startedAt),
      entry.usd,
      json(entry.details),
    ]);
  }

  async function putAudit(client: Pick<PoolClient, 'query'>, task: TaskRef, entry: AuditEntry): Promise<void> {
    const { key, at, kind, ...what } = entry;
    await client.query(PUT_AUDIT, [
      `${keyOf(task)}:${key}`,
      new Date(at),
      fullName(task.repository),
      task.issue,
      kind,
      json(what),
    ]);
  }

  async function unknownOf(task: TaskRef, audit: readonly AuditEntry[]): Promise<AuditEntry[]> {
    const keys = audit.map(({ key }) => auditKey(task, key));
    const { rows } = await pool.query<{ key: string }>('SELECT key FROM planwright.audit WHERE key = ANY ($1)', [keys]);
    const known = new Set(rows.map(({ key }) => key));
    return audit.filter((_, i) => !known.has(keys[i] as string));
  }

  /** The App was installed again, or another account has the name by now: nobody can tell which. */
  async function cameElsewise({ repository }: TaskRef): Promise<boolean> {
    const { rows } = await pool.query(CAME_ELSEWISE, [fullName(repository).toLowerCase(), repository.installation]);
    return rows.length > 0;
  }

  async function removeInBatches(statement: string, before: Date): Promise<void> {
    for (let removed = BATCH; removed === BATCH; ) removed = (await pool.query(statement, [before, BATCH])).rowCount ?? 0;
  }

  return {
    async noteTask(entry, audit) {
      const [fresh, isNewInstallation] = await Promise.all([unknownOf(entry.task, audit), cameElsewise(entry.task)]);
      if (fresh.length === 0 && !isNewInstallation) return putTask(pool, entry);
      await inTransaction(pool, async (client) => {
        if (isNewInstallation) await client.query(DETACH, [fullName(entry.task.repository).toLowerCase()]);
        await putTask(client, entry);
        for (const one of fresh) await putAudit(client, entry.task, one);
      });
    },
    async taskRemoved(task) {
      await pool.query(
        `UPDATE planwright.task AS t SET removed = true, updated_at = ${sinceDetached('t.repository')}
         WHERE key = $1 AND NOT removed AND ${IS_PRESENT}`,
        [keyOf(task)],
      );
    },
    async noteTurn(turn) {
      const { input, cache_read, cache_write, output, reasoning } = turn.usage;
      await pool.query(PUT_TURN, [
        turn.workflow,
        turn.name,
        taskKey(turn.task),
        new Date(turn.at),
        turn.ms,
        turn.model,
        ...[input, cache_read, cache_write, output, reasoning],
        turn.usd,
        turn.failed,
        transcript(turn.content),
      ]);
    },
    async left(owner) {
      await pool.query(`${LEAVE} AND split_part(t.repository, '/', 1) = lower($1)`, [owner]);
    },
    async leftRepository(repository, id) {
      const name = fullName(repository).toLowerCase();
      await inTransaction(pool, async (client) => {
        await client.query(`${LEAVE} AND t.repository = $1`, [name]);
        await client.query(DETACH_FOR_NOW, [name, id]);
      });
    },
    async returned(repository, id) {
      const name = fullName(repository).toLowerCase();
      if (id !== null) await pool.query(REATTACH, [name, id]);
      await pool.query(RETURN, [name, repository.installation]);
    },
    async detach(repository) {
      const name = fullName(repository).toLowerCase();
      await inTransaction(pool, async (client) => {
        await client.query(DETACH, [name]);
        await client.query('UPDATE planwright.task SET away = false, removed = true WHERE repository = $1', [name]);
      });
    },
    async removeOutdated() {
      const [before, auditBefore] = [daysAgo(retention.days), daysAgo(retention.auditDays)];
      await removeInBatches(
        `DELETE FROM planwright.transcript WHERE ctid = ANY (ARRAY(SELECT ctid FROM planwright.transcript WHERE at < $1 LIMIT $2))`,
        before,
      );
      await removeInBatches(
        `DELETE FROM planwright.task WHERE key IN (
           SELECT key FROM planwright.task WHERE updated_at < $1 AND (removed OR state IN ('done', 'cancelled', 'failed')) LIMIT $2)`,
        before,
      );
      await removeInBatches(
        'DELETE FROM planwright.audit WHERE id IN (SELECT id FROM planwright.audit WHERE noted_at < $1 LIMIT $2)',
        auditBefore,
      );
    },
  };
}

/** Characters of one text: an answer may be a hundred times as long, and a transcript is kept for weeks. */
const TEXT_MAX = 300_000;
/** Only what is redacted is cut: half of a secret would not be recognized. */
const bounded = (text: string): string => clip(text, TEXT_MAX, `\n[cut here: ${text.length - TEXT_MAX} more characters]`);

/**
 * The arguments of a call are JSON, in which quotes are escaped, so that a secret would not be recognized, or what is masked would break
 * the JSON: its strings are cleaned one by one.
 */
function cleanInput(input: string, clean: Redactor): string {
  try {
    return redactJson(JSON.parse(input), clean);
  } catch {
    return clean(input);
  }
}

const DAY_MS = 86_400_000;
const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY_MS);

/** GitHub's names are case-insensitive. */
const keyOf = (task: TaskRef): string => taskKey(task).toLowerCase();

const auditKey = (task: TaskRef, key: string): string => `${keyOf(task)}:${key}`;

/** PostgreSQL stores no NUL, and models and people write some. */
const storable = (text: string): string => text.replaceAll('\0', '\ufffd').toWellFormed();

/** JSON escapes what PostgreSQL cannot store; the strings are redacted one by one, so that it stays JSON. */
const redactJson = (value: unknown, redact: Redactor): string =>
  JSON.stringify(value, (_, field: unknown) => (typeof field === 'string' ? redact(field) : field));
