import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { endGit, startGit } from './git-process.ts';

/** Reads objects by id through one long-lived `git cat-file --batch-command`. */
export interface ObjectReader {
  /** null when the mirror could not deliver it: no such object, or a mirror git cannot read. */
  read(oid: string): Promise<Buffer | null>;
  close(): void;
}

interface Request {
  readonly oid: string;
  readonly resolve: (content: Buffer | null) => void;
  readonly reject: (error: Error) => void;
}

/** A child that is idle for this long is ended; another one starts in 5 ms. */
const IDLE_MS = 30_000;
/** Far above the 0.34 ms of a p99 read: a child silent for this long hangs on its disk. */
const SILENCE_MS = 30_000;
const HEADER = /^([0-9a-f]+) (?:missing|[a-z]+ ([0-9]+))$/;

export function createObjectReader(env: Record<string, string>): ObjectReader {
  let batch: Batch | null = null;

  const request = (oid: string): Promise<Buffer | null> => {
    if (!batch?.alive()) batch = startBatch(env);
    return batch.read(oid);
  };

  return {
    async read(oid) {
      // The id goes into a line-based protocol; anything but an id could carry a second command.
      if (!/^[0-9a-f]{40,64}$/.test(oid)) throw new Error(`not an object id: ${JSON.stringify(oid)}`);
      // A child that died under one request (killed for memory, a mirror replaced under it) gets one successor.
      return request(oid)
        .catch(() => request(oid))
        .catch(() => null);
    },
    close() {
      batch?.close();
      batch = null;
    },
  };
}

interface Batch {
  alive(): boolean;
  read(oid: string): Promise<Buffer | null>;
  close(): void;
}

function startBatch(env: Record<string, string>): Batch {
  const child: ChildProcessWithoutNullStreams = startGit(['cat-file', '--batch-command'], env);
  const waiting: Request[] = [];
  let alive = true;
  let header = '';
  /** The object being received, with the line feed that follows it. */
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
  const answer = (content: Buffer | null) => {
    waiting.shift()?.resolve(content);
    watch();
  };
  const readHeader = (line: string) => {
    const match = HEADER.exec(line);
    if (!match || match[1] !== waiting[0]?.oid) return end();
    if (match[2] === undefined) return answer(null);
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
        answer(content);
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
    read: (oid) =>
      new Promise((resolve, reject) => {
        waiting.push({ oid, resolve, reject });
        child.stdin.write(`contents ${oid}\n`);
        watch();
      }),
    close: () => void child.stdin.end(),
  };
}
