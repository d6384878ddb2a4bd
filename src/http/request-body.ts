import type { IncomingMessage } from 'node:http';
import { failure, type Outcome, success } from '../domain/outcome.ts';

type BodyFailure = 'too_large' | 'busy' | 'cut_off';

/** Reads bodies within two limits: one for each, one for all that are in memory at the same time. */
export interface BodyReader {
  /** Whether the request says itself that its body is over the limit; nothing needs to be read to know. */
  announcesTooMuch(request: IncomingMessage): boolean;
  /** Runs `use` with the whole body and counts its memory until `use` is done. Stops listening at a limit; the rest stays unread. */
  withBody<T>(request: IncomingMessage, use: (body: Buffer) => Promise<T>): Promise<Outcome<T, BodyFailure>>;
}

const FIRST_BYTES = 16_384;

/** A body must be held before its signature can be checked, so anyone can make us hold some: `allBytes` bounds it. */
export function createBodyReader({ limitBytes, allBytes }: { limitBytes: number; allBytes: number }): BodyReader {
  let held = 0;

  /** Copies into one growing buffer: a list of chunks costs 100 bytes of memory for each one-byte chunk somebody sends. */
  function read(request: IncomingMessage, keep: (bytes: number) => void): Promise<Outcome<Buffer, BodyFailure>> {
    return new Promise((resolve) => {
      let buffer = Buffer.allocUnsafe(0);
      let length = 0;
      const finish = (outcome: Outcome<Buffer, BodyFailure>) => {
        request.off('data', onData).off('end', onEnd).off('close', onClose);
        resolve(outcome);
      };
      const onData = (chunk: Buffer) => {
        const needed = length + chunk.length;
        if (needed > limitBytes) return finish(failure('too_large'));
        if (needed > buffer.length) {
          const capacity = Math.min(limitBytes, Math.max(FIRST_BYTES, needed, buffer.length * 2));
          if (held + capacity - buffer.length > allBytes) return finish(failure('busy'));
          keep(capacity - buffer.length);
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

  return {
    announcesTooMuch: (request) => Number(request.headers['content-length'] ?? 0) > limitBytes,
    async withBody(request, use) {
      let kept = 0;
      const keep = (bytes: number) => {
        kept += bytes;
        held += bytes;
      };
      try {
        const body = await read(request, keep);
        return body.ok ? success(await use(body.value)) : body;
      } finally {
        held -= kept;
      }
    },
  };
}
