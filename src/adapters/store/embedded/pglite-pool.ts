import { Duplex } from 'node:stream';
import type { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { cutMessages, type PgMessage, statementOf } from './pg-messages.ts';
import { type Session, type SharedBackend, shareBackend } from './shared-backend.ts';

/** A connection as `pg` sees it: a socket, and what the pool needs of it on release. */
interface Wire extends Duplex {
  /** Ends a transaction that its borrower left open; does nothing outside one. */
  abandonTransaction(): void;
}

/**
 * A real `pg.Pool` whose connections end in PGlite in this process: no socket, no port. Any code that takes a pool (DBOS does) runs
 * on it, LISTEN/NOTIFY included. What differs from a server: the connections share one session, so `SET` without `LOCAL`, named
 * prepared statements, session advisory locks and `UNLISTEN` act on all of them; COPY and cursors of the protocol are refused; and
 * code that queries a second connection while holding a transaction on the first waits for itself, until `idleTransactionMs` ends
 * that transaction.
 *
 * Closing the pool leaves PGlite open.
 * @param idleTransactionMs how long a connection may sit inside a transaction, keeping all others out, before it is cut off.
 */
export function pglitePool(db: PGlite, options: PglitePoolOptions = {}): pg.Pool {
  const { onCrash = () => {}, ...rest } = options;
  return poolOn(shareBackend(db, onCrash), rest);
}

/** Two pools on one PGlite; where connections of both wait for it, they take turns, however many wait of either. */
export function pglitePools(
  db: PGlite,
  { onCrash, intake }: Required<Pick<PglitePoolOptions, 'onCrash'>> & { readonly intake: PglitePoolOptions },
): { pool: pg.Pool; intake: pg.Pool } {
  const backend = shareBackend(db, onCrash);
  return { pool: poolOn(backend, {}), intake: poolOn(backend, intake, 'intake') };
}

function poolOn(backend: SharedBackend, options: PglitePoolOptions, line: Session['line'] = 'work'): pg.Pool {
  const { max = 10, idleTransactionMs = 60_000, onCrash: _, ...rest } = options;
  // Explicit, because `pg` fills what is missing from PG* variables and would ask for TLS when PGSSLMODE is set.
  const address = { user: 'postgres', database: 'postgres', host: 'pglite', password: '', ssl: false };
  const pool = new pg.Pool({ ...rest, ...address, max, stream: () => openWire(backend, idleTransactionMs, line) });
  pool.on('release', (_error, client) => wireOf(client).abandonTransaction());
  return pool;
}

export interface PglitePoolOptions {
  readonly max?: number;
  readonly idleTransactionMs?: number;
  /** Called when PGlite itself has failed and no longer answers. */
  readonly onCrash?: (error: Error) => void;
  readonly idleTimeoutMillis?: number;
  readonly connectionTimeoutMillis?: number;
}

// `pg` types neither `connection` nor its `stream`; it is the very object the pool's `stream` option returned.
const wireOf = (client: pg.PoolClient): Wire => (client as unknown as { connection: { stream: Wire } }).connection.stream;

const CANCEL_REQUEST = 80877102;
const ENDS_A_UNIT = new Set(['Q', 'S', 'startup']);

// COPY FROM STDIN makes PGlite exit, and after a flush (`H`) it would have to answer half a unit.
const isUnsupported = (message: PgMessage): boolean => message.type === 'H' || /^\s*COPY\s/i.test(statementOf(message) ?? '');

function openWire(backend: SharedBackend, idleTransactionMs: number, line: Session['line']): Wire {
  let arrived: Buffer = Buffer.alloc(0);
  let started = false;
  let unit: PgMessage[] = [];
  let work: Promise<void> = Promise.resolve();
  let idleTimer: NodeJS.Timeout | undefined;

  // A connection's statements are answered one after the other, in the order in which they were sent.
  const enqueue = (task: () => Promise<void>) => {
    work = work.then(task).catch((error: Error) => {
      wire.destroy(error);
    });
  };
  const session: Session = { line, receive: (bytes) => void wire.push(bytes) };

  async function run(messages: readonly PgMessage[]): Promise<void> {
    clearTimeout(idleTimer);
    const { inTransaction, answer } = await backend.exchange(session, messages);
    if (inTransaction) {
      const error = Object.assign(new Error('terminating connection due to idle-in-transaction timeout'), { code: '25P03' });
      idleTimer = setTimeout(() => wire.destroy(error), idleTransactionMs).unref();
    }
    wire.push(answer);
  }

  function take(message: PgMessage): void {
    // A cancel request comes on a connection of its own; whether the backend is busy or idle, it cannot be interrupted.
    const cancels = message.type === 'startup' && message.bytes.readInt32BE(4) === CANCEL_REQUEST;
    if (message.type === 'X' || cancels) {
      enqueue(async () => {
        clearTimeout(idleTimer);
        await backend.leave(session);
        wire.push(null);
      });
      return;
    }
    if (isUnsupported(message)) throw new Error('the embedded database has no COPY and no cursors of the protocol');
    unit.push(message);
    if (!ENDS_A_UNIT.has(message.type)) return;
    const whole = unit;
    unit = [];
    enqueue(() => run(whole));
  }

  const duplex = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      arrived = arrived.length > 0 ? Buffer.concat([arrived, chunk]) : chunk;
      try {
        const { messages, rest } = cutMessages(arrived, !started);
        arrived = rest;
        started ||= messages.length > 0;
        for (const message of messages) take(message);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    destroy(error, done) {
      clearTimeout(idleTimer);
      // Queued behind the connection's running statements; it must not leave a transaction that no one could end.
      work = work.then(() => backend.leave(session)).catch(() => {});
      done(error);
    },
  });
  // What `pg` calls on a net.Socket.
  const wire: Wire = Object.assign(duplex, {
    connect: () => void queueMicrotask(() => duplex.emit('connect')),
    setNoDelay: () => duplex,
    setKeepAlive: () => duplex,
    ref: () => duplex,
    unref: () => duplex,
    abandonTransaction: () =>
      enqueue(async () => {
        clearTimeout(idleTimer);
        await backend.rollBack(session);
      }),
  });
  return wire;
}
