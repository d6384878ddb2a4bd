import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import type { Logger } from 'pino';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { IntakeWaits } from '../../ports/intake.ts';
import type { Redactor } from '../../text/redaction/redactor.ts';
import { type DatabaseSession, openDatabaseSession } from './database-session.ts';
import { copyEmptyDatabase, createPglite, makeDatabase } from './embedded/empty-database.ts';
import { lockFolder } from './embedded/lock-file.ts';
import { pglitePools } from './embedded/pglite-pool.ts';
import { prepareRepeatedStatements } from './prepared-statements.ts';
import { redactQueries } from './redacting-pool.ts';

/** Where the engine keeps what is in flight. */
export interface Store {
  readonly pool: pg.Pool;
  /** For pages that people look at: they only read, and take no connection from the work. It connects when somebody looks. */
  readonly reading: pg.Pool;
  /** For deliveries alone, so that they are recorded however busy the other connections are. */
  readonly intake: pg.Pool;
  readonly kind: 'pglite' | 'postgresql';
  /** What only a database that several processes share has; null: this process has it to itself. */
  readonly shared: SharedStore | null;
  /** Makes the room of rows that were removed usable again. */
  compact(): Promise<void>;
  /** Aborted, with a sentence as its reason, when an older Planwright took the database over or PGlite crashed: stop at once. */
  readonly lost: AbortSignal;
  /**
   * Waits for borrowed connections to be returned, then releases database and folder. A request for a connection from now on waits
   * for ever: the process is expected to exit.
   */
  close(): Promise<void>;
}

interface SharedStore {
  /** For what must be answered in time although the work has taken all connections of the other pool: signs of life, and looking for others'. */
  readonly control: pg.Pool;
  readonly session: DatabaseSession;
}

export interface StoreOptions {
  /** Null: PGlite under `dataDir`. */
  readonly databaseUrl: string | null;
  /** Locked either way, because the git mirrors are there too. */
  readonly dataDir: string;
  /** A folder that keeps an empty embedded database for copies, where many are made. */
  readonly emptyDatabases?: string;
  readonly log: Logger;
  /** How long deliveries wait; a store that takes none need not say. */
  readonly intake?: IntakeWaits;
  /** Applied to everything that is recorded. */
  readonly redact?: Redactor;
}

/**
 * Opens the store: an embedded one for this process alone, or one that other processes may use at the same time.
 * @returns or a sentence for the operator: the folder is in use, or the database by a version that cannot share, or it cannot be reached.
 */
export async function openStore({
  databaseUrl,
  dataDir,
  emptyDatabases,
  log,
  redact,
  intake: waits = PATIENT,
}: StoreOptions): Promise<Outcome<Store>> {
  const folder = lockFolder(dataDir);
  if (!folder.ok) return folder;
  const opened = await (databaseUrl === null
    ? openPglite(dataDir, emptyDatabases, waits)
    : openPostgres(databaseUrl, log, waits));
  if (!opened.ok) {
    folder.value.release();
    return opened;
  }
  const { pool, intake, reading, shared, close } = opened.value;
  if (redact) for (const each of [pool, intake]) redactQueries(each, redact);
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  for (const each of new Set([pool, intake, reading, ...(shared ? [shared.control] : [])]))
    each.on('error', (error) => log.warn({ err: error }, 'A database connection was lost'));
  return success({
    ...opened.value,
    async close() {
      const ended = Promise.all([pool.end(), intake.end()]);
      // A workflow that outlived the drain must stop where it is. If it were refused a connection, it would take that for a failed
      // step and might report it to people.
      for (const each of [pool, intake]) each.connect = (() => new Promise(() => {})) as typeof each.connect;
      await ended;
      await close();
      folder.value.release();
    },
  });
}

async function openPglite(
  dataDir: string,
  emptyDatabases: string | undefined,
  intakeWaits: IntakeWaits,
): Promise<Outcome<Store>> {
  const folder = join(dataDir, 'pglite');
  const isNew = !existsSync(folder);
  try {
    if (isNew) await (emptyDatabases === undefined ? makeDatabase(folder) : copyEmptyDatabase(emptyDatabases, folder));
  } catch (error) {
    return failure(
      `The embedded database could not be made in ${folder}: ${errorReason(error)}. Make sure that the folder is writable and that its disk has 100 MB free, then start again.`,
    );
  }
  let db: PGlite;
  try {
    db = await createPglite(folder);
  } catch (error) {
    return failure(
      `The embedded database in ${folder} cannot be opened: ${errorReason(error)}. Start again; if that does not help, move the folder away: every task then continues from what is on GitHub.`,
    );
  }
  // Planning the engine's poll takes thirty times as long as running it, and by default the planner would plan a prepared statement
  // each time that its parameters promise a slightly cheaper plan.
  await db.exec('SET plan_cache_mode = force_generic_plan');
  const lost = new AbortController();
  const onCrash = (error: Error) => lost.abort(`The embedded database stopped working: ${error.message}`);
  const pools = pglitePools(db, { onCrash, intake: { max: INTAKE_CONNECTIONS, connectionTimeoutMillis: intakeWaits.connect } });
  // A server has a process of its own for this.
  const compact = async () => void (await pools.pool.query('VACUUM'));
  return success({
    ...pools,
    reading: pools.pool,
    compact,
    kind: 'pglite',
    shared: null,
    lost: lost.signal,
    close: () => db.close(),
  });
}

async function openPostgres(databaseUrl: string, log: Logger, intakeWaits: IntakeWaits): Promise<Outcome<Store>> {
  const ready = await createWhenMissing(databaseUrl, log);
  if (!ready.ok) return ready;
  const session = await openDatabaseSession(databaseUrl);
  if (!session.ok) return session;
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 10,
    application_name: 'planwright',
    maxLifetimeSeconds: CONNECTION_S,
    // DBOS sets this on pools of its own only: a connection lost in mid-transaction must not keep its row locks.
    idle_in_transaction_session_timeout: 60_000,
  });
  const intake = new pg.Pool({
    connectionString: databaseUrl,
    max: INTAKE_CONNECTIONS,
    application_name: 'planwright intake',
    maxLifetimeSeconds: CONNECTION_S,
    connectionTimeoutMillis: intakeWaits.connect,
    keepAlive: true,
    // By the server: where the client gives up, the transaction stays open on its connection, and the next delivery runs into it and is lost.
    statement_timeout: intakeWaits.statement,
    idle_in_transaction_session_timeout: 60_000,
  });
  const control = new pg.Pool({
    connectionString: databaseUrl,
    max: 2,
    application_name: 'planwright control',
    // A database that has stopped answering must not hold up the sign of life that could be given on another connection.
    query_timeout: CONTROL_MS,
    connectionTimeoutMillis: CONTROL_MS,
  });
  for (const each of [pool, intake]) prepareRepeatedStatements(each);
  const reading = readingPool(databaseUrl);
  const close = async (): Promise<void> => {
    await control.end();
    await reading.end();
    await session.value.release();
  };
  return success({
    pool,
    reading,
    intake,
    compact: async () => {},
    kind: 'postgresql',
    shared: { control, session: session.value },
    lost: session.value.lost,
    close,
  });
}

/** A prepared statement keeps its plan for as long as the connection lasts, and tables grow. */
const CONNECTION_S = 600;

const CONTROL_MS = 5_000;

/** How long a page waits for the database. */
const READING_MS = 5_000;

/** Connections that cannot write. */
export function readingPool(databaseUrl: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 2,
    application_name: 'planwright pages',
    options: '-c default_transaction_read_only=on',
    statement_timeout: READING_MS,
    query_timeout: READING_MS,
    connectionTimeoutMillis: READING_MS,
  });
  // An idle connection that the server ends would end the program; whoever asks next is told by the query.
  pool.on('error', () => {});
  return pool;
}

/** Connections for deliveries: recording one takes three short statements. */
const INTAKE_CONNECTIONS = 4;
const PATIENT: IntakeWaits = { connect: 60_000, statement: 60_000, answer: 60_000 };

/** What PostgreSQL says when the database of the URL does not exist. */
export const NO_SUCH_DATABASE = '3D000';

/** What PostgreSQL says when another process creates the same database at this moment, or any other from the same template. */
const CREATED_MEANWHILE = ['42P04', '23505', '55006'];
const CREATION_ATTEMPTS = 40;
const CREATION_ATTEMPT_MS = 250;

/**
 * Creates the database as the engine does for those it opens itself. A bot that lost its database continues from GitHub, so a new
 * one is harmless.
 */
async function createWhenMissing(databaseUrl: string, log: Logger, attempt = 1): Promise<Outcome<null>> {
  const name = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
  try {
    await runOnce(databaseUrl, 'SELECT 1');
    return success(null);
  } catch (error) {
    if (!hasCode(error, NO_SUCH_DATABASE))
      return failure(`The database of DATABASE_URL cannot be opened: ${errorReason(error)}.`);
  }
  const server = new URL(databaseUrl);
  server.pathname = '/postgres';
  const statement = `CREATE DATABASE ${pg.escapeIdentifier(name)}`;
  try {
    await runOnce(server.href, statement);
    log.info({ database: name }, 'Created the database of DATABASE_URL, which did not exist');
    return success(null);
  } catch (error) {
    if (attempt < CREATION_ATTEMPTS && CREATED_MEANWHILE.some((code) => hasCode(error, code))) {
      await delay(CREATION_ATTEMPT_MS);
      return createWhenMissing(databaseUrl, log, attempt + 1);
    }
    return failure(
      `The database of DATABASE_URL does not exist and cannot be created (${errorReason(error)}); run: ${statement}`,
    );
  }
}

async function runOnce(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end();
  }
}

const hasCode = (error: unknown, code: string): boolean => (error as { code?: unknown } | null)?.code === code;

// An AggregateError (one attempt per address) has no message of its own.
export const errorReason = (error: unknown): string => {
  const { message, code } = error as { message?: string; code?: string };
  return message || code || 'no reason given';
};
