import type { IncomingMessage } from 'node:http';
import { failure, type Outcome, success } from '../domain/outcome.ts';

type BodyFailure = 'too_large' | 'busy' | 'cut_off';

/** Reads bodies within two limits: one for each, one for all that are in memory at the same time. */
export interface BodyReader {
  /** Whether the request's own headers say that its body is over the limit, before anything is read. */
  announcesTooMuch(request: IncomingMessage): boolean;
  /**
   * Runs `use` with the whole body and counts its memory until `use` is done. Stops listening at a limit; the rest stays unread.
   */
  withBody<T>(request: IncomingMessage, use: (body: Buffer) => Promise<T>): Promise<Outcome<T, BodyFailure>>;
}

export interface BodyLimits {
  readonly limitBytes: number;
  /** For all bodies together that are not small. */
  readonly allBytes: number;
  /** Up to here a body is small: most of GitHub's deliveries are, and they have as much room of their own as one large body. */
  readonly smallBytes?: number;
  /** Milliseconds, of a clock that only goes forward. */
  readonly now?: () => number;
}

const FIRST_BYTES = 16_384;
/** Most deliveries have 10 to 40 KB. */
const SMALL_BYTES = 262_144;
/** The period over which a sender's speed is measured. */
const RECENT_MS = 2_000;

/** A body that is being received, and how to stop it. */
interface Arriving {
  held: number;
  recentBytes: number;
  recentSince: number;
  /** Bytes received in the period before. */
  earlierBytes: number;
  readonly cut: () => void;
}

/** Memory for bodies of one kind. */
interface Room {
  readonly bytes: number;
  held: number;
  /** Those that are still being received; a complete body is not taken from the code that uses it. */
  readonly arriving: Set<Arriving>;
}

/**
 * A body must be held in memory before its signature can be checked, so anyone can make us hold some. Rooms limit that memory, and
 * where one is full its slowest senders are dropped first: a sender that announces a large body and then goes silent does not keep
 * GitHub's deliveries out.
 */
export function createBodyReader(limits: BodyLimits): BodyReader {
  const { limitBytes, allBytes, smallBytes = SMALL_BYTES, now = () => performance.now() } = limits;
  const small: Room = { bytes: limitBytes, held: 0, arriving: new Set() };
  const large: Room = { bytes: allBytes, held: 0, arriving: new Set() };
  const roomFor = (capacity: number): Room => (capacity <= smallBytes ? small : large);

  function note(body: Arriving, bytes: number): void {
    const at = now();
    if (at - body.recentSince > RECENT_MS) {
      body.earlierBytes = at - body.recentSince > 2 * RECENT_MS ? 0 : body.recentBytes;
      body.recentBytes = 0;
      body.recentSince = at;
    }
    body.recentBytes += bytes;
  }

  const speedOf = (body: Arriving): number => {
    const silent = now() - body.recentSince;
    if (silent > 2 * RECENT_MS) return 0;
    return silent > RECENT_MS ? body.recentBytes : body.recentBytes + body.earlierBytes;
  };

  /** Makes room for so many more bytes, at the cost of slower bodies. */
  function makeRoom(room: Room, bytes: number, wanting: Arriving): boolean {
    const speed = speedOf(wanting);
    const slower = [...room.arriving]
      .filter((body) => body !== wanting && speedOf(body) < speed)
      .sort((a, b) => speedOf(a) - speedOf(b));
    const gain = slower.reduce((sum, body) => sum + body.held, 0);
    // No body is cut off unless that makes enough room.
    if (room.held - gain + bytes > room.bytes) return false;
    for (const body of slower) {
      if (room.held + bytes <= room.bytes) return true;
      body.cut();
    }
    return room.held + bytes <= room.bytes;
  }

  /** Copies into one growing buffer: a list of chunks costs 100 bytes of memory for each one-byte chunk that is sent. */
  function read(request: IncomingMessage, held: Held): Promise<Outcome<Buffer, BodyFailure>> {
    return new Promise((resolve) => {
      let buffer = Buffer.allocUnsafe(0);
      let length = 0;
      const body: Arriving = {
        held: 0,
        recentBytes: 0,
        recentSince: now(),
        earlierBytes: 0,
        cut: () => finish(failure('busy')),
      };
      const finish = (outcome: Outcome<Buffer, BodyFailure>) => {
        request.off('data', onData).off('end', onEnd).off('close', onClose);
        held.room.arriving.delete(body);
        // A body that was cut off frees its memory at once, because another body is waiting for it.
        if (!outcome.ok) held.release();
        resolve(outcome);
      };
      const onData = (chunk: Buffer) => {
        const needed = length + chunk.length;
        if (needed > limitBytes) return finish(failure('too_large'));
        note(body, chunk.length);
        if (needed > buffer.length) {
          const capacity = Math.min(limitBytes, Math.max(FIRST_BYTES, needed, buffer.length * 2));
          const room = roomFor(capacity);
          const more = room === held.room ? capacity - buffer.length : capacity;
          if (room.held + more > room.bytes && !makeRoom(room, more, body)) return finish(failure('busy'));
          held.move(room, capacity, body);
          const larger = Buffer.allocUnsafe(capacity);
          buffer.copy(larger, 0, 0, length);
          buffer = larger;
        }
        chunk.copy(buffer, length);
        length = needed;
      };
      const onEnd = () => finish(success(buffer.subarray(0, length)));
      const onClose = () => finish(failure('cut_off'));
      request.on('data', onData).on('end', onEnd).on('close', onClose);
    });
  }

  /** The memory of one body, in one room at a time. */
  function hold(): Held {
    let room = small;
    let bytes = 0;
    return {
      get room() {
        return room;
      },
      move(next, capacity, body) {
        room.held -= bytes;
        room.arriving.delete(body);
        room = next;
        bytes = capacity;
        body.held = capacity;
        room.held += bytes;
        room.arriving.add(body);
      },
      release() {
        room.held -= bytes;
        bytes = 0;
      },
    };
  }

  return {
    announcesTooMuch: (request) => Number(request.headers['content-length'] ?? 0) > limitBytes,
    async withBody(request, use) {
      const held = hold();
      try {
        const body = await read(request, held);
        return body.ok ? success(await use(body.value)) : body;
      } finally {
        held.release();
      }
    },
  };
}

interface Held {
  readonly room: Room;
  move(room: Room, capacity: number, body: Arriving): void;
  release(): void;
}
