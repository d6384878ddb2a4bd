import type { Pool } from 'pg';
import { taskKey } from '../../../domain/task/task.ts';
import type {
  AuditEntry,
  HistoryReader,
  ListedTask,
  QueueState,
  TaskDetails,
  TranscriptContent,
  TranscriptTurn,
  Visible,
} from '../../../ports/history.ts';

/** Calls of models are in flight for minutes; a reservation that is older belongs to a process that is gone. */
const IN_FLIGHT = "interval '1 hour'";

/** Whether a row that was noted then is of the repository that has the name now, or the reader is the operator. */
const isOfPresent = (name: string, noted: string): string =>
  // The columns are renamed: a bare `repository` in the inner query would be its own.
  `${noted} > coalesce((SELECT d.until FROM planwright.detached AS d (named, until) WHERE d.named = ${name}), '-infinity')`;

/** For a page of tasks: what each has cost, from its own rows, which its index finds. */
const LISTED = `
SELECT t.owner, t.name, t.issue, t.installation, t.title, t.state, t.headline, t.awaits, t.who, t.next, t.started_by, t.removed, t.away,
  ${epoch('t.started_at')} AS started_at, ${epoch('t.state_since')} AS state_since, ${epoch('t.updated_at')} AS updated_at,
  s.usd AS spent, ${epoch('s.called_at')} AS called_at
FROM listed t LEFT JOIN LATERAL (
  SELECT sum(coalesce(usd, reserved_usd)) AS usd, min(at) FILTER (WHERE usd IS NULL AND at > now() - ${IN_FLIGHT}) AS called_at
  FROM planwright.spend WHERE task = t.task AND ($1::text[] IS NULL OR ${isOfPresent('t.repository', 'at')})
) s ON true`;

const IS_ENDED = "(state IN ('done', 'cancelled'))";
const COLUMNS =
  'key, task, repository, owner, name, issue, installation, title, state, headline, awaits, who, next, started_by, started_at, state_since, updated_at, removed, away';

const VISIBLE = `($1::text[] IS NULL OR (repository = ANY ($1) AND ${isOfPresent('repository', 'updated_at')}))`;
/** Of a task's rows: `$2` is whether the reader sees everything. */
const PRESENT = `($2::boolean OR ${isOfPresent("lower(split_part(task, '#', 1))", 'at')})`;

const TASKS = `
WITH listed AS (
  SELECT ${COLUMNS} FROM planwright.task WHERE ${VISIBLE} AND (cardinality($2::text[]) = 0 OR state = ANY ($2))
  ORDER BY ${IS_ENDED}, updated_at DESC, key OFFSET $3 LIMIT $4
) ${LISTED} ORDER BY ${IS_ENDED}, t.updated_at DESC, t.key`;

const ONE_TASK = `
WITH listed AS (SELECT ${COLUMNS}, details FROM planwright.task WHERE key = $2 AND ${VISIBLE})
${LISTED.replace('t.owner', 't.details, t.owner')}`;

const CONVERSATIONS = `
SELECT workflow, ${epoch('min(at)')} AS first, ${epoch('max(at)')} AS last, count(*) FILTER (WHERE model IS NOT NULL) AS turns,
  sum(input) AS input, sum(cache_read) AS cache_read, sum(cache_write) AS cache_write, sum(output) AS output, sum(reasoning) AS reasoning,
  CASE WHEN bool_or(model IS NOT NULL AND usd IS NULL) THEN NULL ELSE coalesce(sum(usd), 0) END AS usd, sum(ms) AS ms,
  (array_agg(model ORDER BY at DESC) FILTER (WHERE model IS NOT NULL))[1] AS model, bool_or(failed) AS failed
FROM planwright.transcript WHERE task = $1 AND ${PRESENT} GROUP BY workflow ORDER BY min(at)`;

const REPOSITORY_SPEND = `
SELECT repository, sum(coalesce(usd, reserved_usd)) AS month_usd, coalesce(sum(coalesce(usd, reserved_usd)) FILTER (WHERE at >= $3), 0) AS day_usd,
  sum(coalesce(tokens, reserved_tokens)) AS tokens
FROM planwright.spend WHERE at >= $2 AND ($1::text[] IS NULL OR (lower(repository) = ANY ($1) AND ${isOfPresent('lower(repository)', 'at')})) GROUP BY repository ORDER BY month_usd DESC`;

const QUEUES = `
SELECT queue_name AS queue, count(*) FILTER (WHERE status = 'PENDING') AS running, count(*) FILTER (WHERE status = 'ENQUEUED') AS waiting,
  count(*) FILTER (WHERE status = 'DELAYED') AS delayed, min(created_at) FILTER (WHERE status = 'ENQUEUED') AS oldest
FROM dbos.workflow_status WHERE status IN ('PENDING', 'ENQUEUED', 'DELAYED') AND queue_name IS NOT NULL GROUP BY queue_name ORDER BY queue_name`;

const AUDIT = `
SELECT id, key, ${epoch('at')} AS at, repository, issue, kind, what FROM planwright.audit
WHERE ($1::text[] IS NULL OR (lower(repository) = ANY ($1) AND ${isOfPresent('lower(repository)', 'noted_at')})) AND ($2::text IS NULL OR (lower(repository) = $2 AND issue = $3))
AND ($4::timestamptz IS NULL OR noted_at >= $4) AND ($5::bigint IS NULL OR id < $5) ORDER BY id DESC LIMIT $6`;

/** Reads what history.ts has written, and what calls have cost; every list is bounded and has an index. */
export function historyReader(pool: Pool): HistoryReader {
  return {
    async repositories() {
      const { rows } = await pool.query(
        `SELECT DISTINCT ON (repository) repository, owner, name, installation, updated_at FROM planwright.task
         ORDER BY repository, updated_at DESC`,
      );
      return rows
        .sort((a, b) => b.updated_at - a.updated_at)
        .map(({ owner, name, installation }) => ({ owner, name, installation: Number(installation) }));
    },
    async tasks({ visible, states, offset, limit }) {
      const { rows } = await pool.query(TASKS, [namesOf(visible), states, offset, limit]);
      return rows.map(listedFrom);
    },
    async counts(visible) {
      const { rows } = await pool.query(
        `SELECT state, count(*) AS n, count(*) FILTER (WHERE awaits = 'person' AND state <> 'cancelled' AND NOT removed) AS waiting
         FROM planwright.task WHERE ${VISIBLE} GROUP BY state`,
        [namesOf(visible)],
      );
      return {
        byState: Object.fromEntries(rows.map(({ state, n }) => [state, Number(n)])),
        awaitingPeople: rows.reduce((sum, { waiting }) => sum + Number(waiting), 0),
      };
    },
    async task({ owner, name, issue }, visible) {
      const { rows } = await pool.query(ONE_TASK, [namesOf(visible), `${owner}/${name}#${issue}`.toLowerCase()]);
      return rows[0] ? { ...listedFrom(rows[0]), ...(JSON.parse(rows[0].details) as TaskDetails) } : null;
    },
    async conversations(task, visible) {
      const { rows } = await pool.query(CONVERSATIONS, [taskKey(task), visible === 'all']);
      return rows.map((row) => ({
        workflow: row.workflow,
        from: Number(row.first),
        to: Number(row.last),
        turns: Number(row.turns),
        usage: usageFrom(row),
        usd: row.usd === null ? null : Number(row.usd),
        ms: Number(row.ms),
        model: row.model,
        failed: row.failed,
      }));
    },
    async transcript(workflow, visible) {
      const { rows } = await pool.query(
        `SELECT t.workflow, t.name, t.ms, ${epoch('t.at')} AS at, t.model, t.input, t.cache_read, t.cache_write, t.output, t.reasoning, t.usd,
           t.failed, t.content FROM planwright.transcript t WHERE workflow = $1 AND ${PRESENT} ORDER BY at LIMIT 1000`,
        [workflow, visible === 'all'],
      );
      return rows.map(
        (row): Omit<TranscriptTurn, 'task'> => ({
          workflow: row.workflow,
          name: row.name,
          at: Number(row.at),
          ms: Number(row.ms),
          model: row.model,
          usage: usageFrom(row),
          usd: row.usd,
          failed: row.failed,
          content: JSON.parse(row.content) as TranscriptContent,
        }),
      );
    },
    async spending(task, visible) {
      const { rows } = await pool.query(
        `SELECT ${epoch('at')} AS at, coalesce(usd, reserved_usd) AS usd FROM planwright.spend
         WHERE task = $1 AND at > 'epoch' AND ${PRESENT} ORDER BY at LIMIT 5000`,
        [taskKey(task), visible === 'all'],
      );
      return rows.map((row) => ({ at: Number(row.at), usd: Number(row.usd) }));
    },
    async spendByRepository(visible, month, day) {
      const { rows } = await pool.query(REPOSITORY_SPEND, [namesOf(visible), new Date(month), new Date(day)]);
      return rows.map((row) => ({
        repository: row.repository,
        monthUsd: Number(row.month_usd),
        dayUsd: Number(row.day_usd),
        tokens: Number(row.tokens),
      }));
    },
    async audit({ visible, task, since, before, limit }) {
      const { rows } = await pool.query(AUDIT, [
        namesOf(visible),
        task && `${task.owner}/${task.name}`.toLowerCase(),
        task?.issue,
        since === null ? null : new Date(since),
        before,
        limit,
      ]);
      return rows.map((row) => ({
        ...(JSON.parse(row.what) as Omit<AuditEntry, 'key' | 'at' | 'kind'>),
        id: Number(row.id),
        key: row.key,
        at: new Date(Number(row.at)).toISOString(),
        kind: row.kind,
        repository: row.repository,
        issue: row.issue,
      }));
    },
    async queues() {
      const { rows } = await pool.query(QUEUES);
      return rows.map(
        (row): QueueState => ({
          queue: row.queue,
          running: Number(row.running),
          waiting: Number(row.waiting),
          delayed: Number(row.delayed),
          oldestAt: row.oldest === null ? null : Number(row.oldest),
        }),
      );
    },
  };
}

/** Milliseconds since the epoch, of a moment. */
function epoch(moment: string): string {
  return `(extract(epoch FROM ${moment}) * 1000)::double precision`;
}

const namesOf = (visible: Visible): string[] | null => (visible === 'all' ? null : visible.map((name) => name.toLowerCase()));

// biome-ignore lint/suspicious/noExplicitAny: pg types no rows.
type Row = any;

function listedFrom(row: Row): ListedTask {
  const { owner, name, issue, installation } = row;
  return {
    task: { repository: { owner, name, installation: Number(installation) }, issue },
    title: row.title,
    state: row.state,
    headline: row.headline,
    next: { awaits: row.awaits, who: row.who, text: row.next },
    startedBy: row.started_by,
    startedAt: row.started_at,
    stateSince: row.state_since,
    updatedAt: row.updated_at,
    usd: Number(row.spent ?? 0),
    calledAt: row.called_at,
    removed: row.removed,
    away: row.away,
  };
}

const usageFrom = (row: Row) => ({
  input: Number(row.input),
  cache_read: Number(row.cache_read),
  cache_write: Number(row.cache_write),
  output: Number(row.output),
  reasoning: Number(row.reasoning),
});
