import { performance } from 'node:perf_hooks';
import type { PGlite } from '@electric-sql/pglite';
import { cutMessages, listenedChannel, notifiedChannel, type PgMessage, queryMessage, transactionStatus } from './pg-messages.ts';
import { repeatedStatements } from './repeated-statements.ts';

/** One of the connections that take turns on the backend. */
export interface Session {
  /** In which of two lines it waits for the backend. */
  readonly line: 'work' | 'intake';
  /** Called with messages that are not an answer: notifications another session caused. */
  receive(bytes: Buffer): void;
}

/** PGlite is one backend without sessions of its own; this lends it to one session at a time. */
export interface SharedBackend {
  /**
   * Runs messages up to and including one that the server answers with ReadyForQuery.
   * @returns whether the session now holds the backend because it is inside a transaction, and the bytes of the answer.
   */
  exchange(session: Session, messages: readonly PgMessage[]): Promise<{ inTransaction: boolean; answer: Buffer }>;
  /** Rolls back what the session left open and lets the next one in. */
  rollBack(session: Session): Promise<void>;
  /** `rollBack`, and no more notifications. */
  leave(session: Session): Promise<void>;
}

/** The database may run for this long before the event loop gets a turn, which lasts at most as long as the database had run. */
const LONGEST_BREATH_MS = 10;

/** What sockets and files had to say to the event loop; Node before 22 does not count it. */
const eventsSoFar = (): number => performance.nodeTiming.uvMetricsInfo?.events ?? 0;

/** @param onCrash called when PGlite itself fails; what is wrong with a statement comes as an answer instead. */
export function shareBackend(db: PGlite, onCrash: (error: Error) => void): SharedBackend {
  let owner: Session | null = null;
  const waiting = { work: [] as (() => void)[], intake: [] as (() => void)[] };
  let lastServed: Session['line'] = 'work';
  const channels = new Map<Session, Set<string>>();
  const sendingOf = repeatedStatements();

  // A session holds the backend from its first message until ReadyForQuery says idle. Anything finer mixes one connection's
  // statements into another's transaction; pglite-socket takes turns per message and hangs with more than one connection.
  const enter = (session: Session): Promise<void> | undefined => {
    if (owner === null) owner = session;
    if (owner === session) return undefined;
    return new Promise((resolve) => {
      waiting[session.line].push(() => {
        owner = session;
        resolve();
      });
    });
  };
  // By turns, so that neither line keeps the other one waiting.
  const release = (): void => {
    const next = lastServed === 'work' ? 'intake' : 'work';
    lastServed = waiting[next].length > 0 ? next : lastServed;
    owner = null;
    waiting[lastServed].shift()?.();
  };

  // PGlite works in this thread, and everything between two statements happens in microtasks: without this a backlog of statements would run to
  // its end before any timer fires or any socket is read, and a delivery that waits could not even be refused in time. One turn of the event loop is
  // not enough: a server accepts one connection in each, and those that arrived meanwhile would wait unseen until their senders give up.
  let breathedAt = performance.now();
  const breathe = async (): Promise<void> => {
    const began = performance.now();
    const worked = began - breathedAt;
    if (worked < LONGEST_BREATH_MS) return;
    let before: number;
    do {
      before = eventsSoFar();
      await new Promise(setImmediate);
    } while (eventsSoFar() > before && performance.now() - began < worked);
    breathedAt = performance.now();
  };

  function deliver(notification: PgMessage, asker: Session): Buffer[] {
    const channel = notifiedChannel(notification);
    const own: Buffer[] = [];
    for (const [session, listened] of channels) {
      if (!listened.has(channel)) continue;
      if (session === asker) own.push(notification.bytes);
      else session.receive(notification.bytes);
    }
    return own;
  }

  async function exchange(session: Session, messages: readonly PgMessage[]) {
    await enter(session);
    await breathe();
    for (const message of messages) {
      const channel = listenedChannel(message);
      if (channel !== null) channels.set(session, (channels.get(session) ?? new Set()).add(channel));
    }
    // Idle until the server says otherwise, so that an answer that never comes does not keep the others out.
    let status = 'I';
    try {
      const sending = sendingOf(messages);
      const raw = await db.execProtocolRaw(Buffer.concat(sending.messages.map((message) => message.bytes)));
      const answers = sending.translate(cutMessages(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), false).messages);
      const ready = answers.findLast((answer) => answer.type === 'Z');
      status = ready ? transactionStatus(ready) : 'I';
      const answer = answers.flatMap((message) => (message.type === 'A' ? deliver(message, session) : [message.bytes]));
      return { inTransaction: status !== 'I', answer: Buffer.concat(answer) };
    } catch (error) {
      onCrash(error as Error);
      throw error;
    } finally {
      if (status === 'I') release();
    }
  }

  async function rollBack(session: Session): Promise<void> {
    if (owner !== session) return;
    try {
      await db.execProtocolRaw(queryMessage('ROLLBACK'));
    } finally {
      release();
    }
  }

  return {
    exchange,
    rollBack,
    async leave(session) {
      channels.delete(session);
      await rollBack(session);
    },
  };
}
