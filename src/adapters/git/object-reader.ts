import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { endGit, startGit } from './git-process.ts';

/** Reads objects through one long-lived `git cat-file --batch-command`. */
export interface ObjectReader {
  /** null when the mirror could not deliver it: no such object, or a mirror git cannot read. */
  read(oid: string): Promise<Buffer | null>;
  /** The id of the tree that an object or a reference leads to; null when the mirror does not have it. */
  treeOf(name: string): Promise<string | null>;
  /** Ends the child; the next question starts another one, as it must after the mirror was replaced. */
  close(): void;
}

interface Request {
  /** What git repeats of the request when it has no such object. */
  readonly name: string;
  readonly wants: 'content' | 'id';
  readonly resolve: (answer: Answer | null) => void;
  readonly reject: (error: Error) => void;
}

interface Answer {
  readonly oid: string;
  readonly content: Buffer;
}

/** A child that is idle for this long is ended; another one starts in 5 ms. */
const IDLE_MS = 30_000;
/** Far above the 0.34 ms of a p99 read: a child silent for this long hangs on its disk. */
const SILENCE_MS = 30_000;
const HEADER = /^([0-9a-f]{40,64}) [a-z]+ ([0-9]+)$/;
const NO_CONTENT = Buffer.alloc(0);

export function createObjectReader(env: Record<string, string>): ObjectReader {
  let batch: Batch | null = null;

  const once = (wants: Request['wants'], name: string): Promise<Answer | null> => {
    if (!batch?.alive()) batch = startBatch(env);
    return batch.ask(wants, name);
  };
  // A child that died under one request (killed for memory, a mirror replaced under it) gets one successor.
  const ask = (wants: Request['wants'], name: string): Promise<Answer | null> =>
    once(wants, name)
      .catch(() => once(wants, name))
      .catch(() => null);

  return {
    async read(oid) {
      // The id goes into a line-based protocol; anything but an id could carry a second command.
      if (!/^[0-9a-f]{40,64}$/.test(oid)) throw new Error(`not an object id: ${JSON.stringify(oid)}`);
      return (await ask('content', oid))?.content ?? null;
    },
    async treeOf(name) {
      if (!/^[0-9a-z/]+$/.test(name)) throw new Error(`neither an object id nor a reference of ours: ${JSON.stringify(name)}`);
      return (await ask('id', `${name}^{tree}`))?.oid ?? null;
    },
    close() {
      batch?.close();
      batch = null;
    },
  };
}

interface Batch {
  alive(): boolean;
  ask(wants: Request['wants'], name: string): Promise<Answer | null>;
  close(): void;
}

function startBatch(env: Record<string, string>): Batch {
  const child: ChildProcessWithoutNullStreams = startGit(['cat-file', '--batch-command'], env);
  const waiting: Request[] = [];
  let alive = true;
  let header = '';
  /** The object being received: its id, and its content with the line feed that follows it. */
  let oid = '';
  let body: Buffer | null = null;
  let received = 0;
  let timer: NodeJS.Timeout;

  const watch = () => {
    clearTimeout(timer);
    timer = waiting.length > 0 ? setTimeout(() => end(), SILENCE_MS) : setTimeout(() => child.stdin.end(), IDLE_MS);
    timer.unref();
  };
  const end = () => {
    if (alive) endGit(child);
    alive = false;
    clearTimeout(timer);
    for (const { reject } of waiting.splice(0)) reject(new Error('git cat-file stopped'));
  };
  const answer = (said: Answer | null) => {
    waiting.shift()?.resolve(said);
    watch();
  };
  const readHeader = (line: string) => {
    const [request] = waiting;
    if (!request) return end();
    if (line === `${request.name} missing`) return answer(null);
    const match = HEADER.exec(line);
    if (!match || (request.wants === 'content' && match[1] !== request.name)) return end();
    oid = match[1] as string;
    if (request.wants === 'id') return answer({ oid, content: NO_CONTENT });
    body = Buffer.allocUnsafe(Number(match[2]) + 1);
    received = 0;
  };

  child.stdout.on('data', (chunk: Buffer) => {
    let rest = chunk;
    while (rest.length > 0 && alive) {
      if (body) {
        const count = rest.copy(body, received);
        received += count;
        rest = rest.subarray(count);
        if (received < body.length) continue;
        const content = body.subarray(0, -1);
        body = null;
        answer({ oid, content });
      } else {
        const feed = rest.indexOf(10);
        header += rest.toString('latin1', 0, feed < 0 ? rest.length : feed);
        rest = feed < 0 ? rest.subarray(rest.length) : rest.subarray(feed + 1);
        if (feed >= 0) readHeader(header);
        if (feed >= 0) header = '';
      }
    }
  });
  child.on('error', end);
  child.on('close', end);
  child.stdin.on('error', () => {});
  child.stderr.resume();

  return {
    alive: () => alive && child.stdin.writable,
    ask: (wants, name) =>
      new Promise((resolve, reject) => {
        waiting.push({ wants, name, resolve, reject });
        child.stdin.write(`${wants === 'content' ? 'contents' : 'info'} ${name}\n`);
        watch();
      }),
    close: () => void child.stdin.end(),
  };
}
