/** One message of the PostgreSQL wire protocol, framing included. `type` is its tag; `startup` for the untagged first one. */
export interface PgMessage {
  readonly type: string;
  readonly bytes: Buffer;
}

const LENGTH_BYTES = 4;

/**
 * Cuts whole messages off the front of what arrived so far.
 * @param startupFirst the first message of a client carries no tag.
 */
export function cutMessages(bytes: Buffer, startupFirst: boolean): { messages: PgMessage[]; rest: Buffer } {
  const messages: PgMessage[] = [];
  let at = 0;
  for (;;) {
    const tag = startupFirst && messages.length === 0 ? 0 : 1;
    if (bytes.length < at + tag + LENGTH_BYTES) break;
    const length = bytes.readInt32BE(at + tag);
    if (length < LENGTH_BYTES) throw new Error(`a PostgreSQL message cannot be ${length} bytes long`);
    const end = at + tag + length;
    if (bytes.length < end) break;
    messages.push({ type: tag === 0 ? 'startup' : String.fromCharCode(bytes[at] as number), bytes: bytes.subarray(at, end) });
    at = end;
  }
  return { messages, rest: bytes.subarray(at) };
}

/** A simple query (`Q`). */
export function queryMessage(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`);
  const head = Buffer.alloc(1 + LENGTH_BYTES, 'Q');
  head.writeInt32BE(LENGTH_BYTES + text.length, 1);
  return Buffer.concat([head, text]);
}

/** The text of the statement in a simple query (`Q`) or a parse (`P`); null for every other message. */
export function statementOf({ type, bytes }: PgMessage): string | null {
  if (type !== 'Q' && type !== 'P') return null;
  const body = bytes.subarray(1 + LENGTH_BYTES);
  // A parse puts the statement's name, ended by a zero byte, before the text.
  return (type === 'P' ? body.subarray(body.indexOf(0) + 1) : body).toString('utf8');
}

/** The channel a `LISTEN` statement names, as the server folds it; null for every other message. */
export function listenedChannel(message: PgMessage): string | null {
  const match = /^\s*LISTEN\s+(?:"((?:[^"]|"")+)"|([A-Za-z_][\w$]*))/i.exec(statementOf(message) ?? '');
  return match?.[1]?.replaceAll('""', '"') ?? match?.[2]?.toLowerCase() ?? null;
}

/** The channel of a notification (`A`): behind the head come a process id of four bytes and the name, ended by a zero byte. */
export function notifiedChannel({ bytes }: PgMessage): string {
  const from = 1 + LENGTH_BYTES + 4;
  return bytes.toString('utf8', from, bytes.indexOf(0, from));
}

/** What `ReadyForQuery` (`Z`) says: idle, in a transaction, or in a failed one. */
export const transactionStatus = ({ bytes }: PgMessage): string => String.fromCharCode(bytes[1 + LENGTH_BYTES] as number);
