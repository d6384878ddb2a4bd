import { type PgMessage, statementOf } from './pg-messages.ts';

/** What to send for the messages of a unit, and how to read the answers to it as answers to the original messages. */
interface Sending {
  readonly messages: readonly PgMessage[];
  readonly translate: (answers: readonly PgMessage[]) => readonly PgMessage[];
}

/** Each holds a plan in PGlite's memory; the engine repeats about fifty statements. */
const PREPARED_AT_MOST = 100;
const SEEN_AT_MOST = 1_000;
/**
 * A plan is only as good as the statistics it was made from, and tables grow: after so many uses the statement is planned again.
 */
const USES_OF_A_PLAN = 500;
const LONGEST_STATEMENT = 16_384;

const PARSE_COMPLETE: PgMessage = { type: '1', bytes: Buffer.from([0x31, 0, 0, 0, 4]) };

/**
 * Prepares statements that are repeated. `pg` has every statement parsed and planned each time, and the engine polls: planning its
 * poll takes PGlite 3 ms, running it 0.3 ms. All connections share one session, so one preparation serves them all; the client
 * notices nothing.
 */
export function repeatedStatements(): (unit: readonly PgMessage[]) => Sending {
  const seen = new Set<string>();
  const prepared = new Map<string, { readonly name: string; usesLeft: number }>();

  return (unit) => {
    // The server refuses a plan whose columns have changed since.
    if (unit.some(changesTables)) for (const statement of prepared.values()) statement.usesLeft = 0;
    const asItIs: Sending = { messages: unit, translate: (answers) => answers };
    const [parse, bind, ...rest] = unit;
    if (!parse || !bind || !isOrdinary(unit)) return asItIs;

    const key = parse.bytes.toString('latin1');
    let statement = prepared.get(key);
    if (!statement) {
      if (!seen.has(key)) {
        if (seen.size === SEEN_AT_MOST) seen.clear();
        seen.add(key);
        return asItIs;
      }
      if (prepared.size === PREPARED_AT_MOST) return asItIs;
      statement = { name: `repeated_${prepared.size}`, usesLeft: 0 };
      prepared.set(key, statement);
    }

    const known = statement;
    const bound = message('B', '\0', known.name, '\0', bind.bytes.subarray(7));
    if (known.usesLeft > 0) {
      known.usesLeft -= 1;
      return { messages: [bound, ...rest], translate: (answers) => [PARSE_COMPLETE, ...answers] };
    }
    // Closing a statement that does not exist is no error.
    const close = message('C', 'S', known.name, '\0');
    const named = message('P', known.name, '\0', parse.bytes.subarray(6));
    return {
      messages: [close, named, bound, ...rest],
      translate(answers) {
        if (answers.some(({ type }) => type === '1')) known.usesLeft = USES_OF_A_PLAN;
        return answers.filter(({ type }) => type !== '3');
      },
    };
  };
}

/** What `pg` sends for a query with parameters: parse, bind, describe, execute and sync, the first two without a name. */
function isOrdinary(unit: readonly PgMessage[]): boolean {
  const [parse, bind] = unit;
  return (
    unit.map(({ type }) => type).join('') === 'PBDES' &&
    parse !== undefined &&
    bind !== undefined &&
    parse.bytes.length <= LONGEST_STATEMENT &&
    parse.bytes[5] === 0 &&
    bind.bytes[5] === 0 &&
    bind.bytes[6] === 0 &&
    /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b/i.test(statementOf(parse) ?? '')
  );
}

const changesTables = (message: PgMessage): boolean => /\b(CREATE|ALTER|DROP)\b/i.test(statementOf(message) ?? '');

function message(type: string, ...parts: readonly (string | Buffer)[]): PgMessage {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as Buffer)));
  const head = Buffer.alloc(5, type);
  head.writeInt32BE(4 + body.length, 1);
  return { type, bytes: Buffer.concat([head, body]) };
}
