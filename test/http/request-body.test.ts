import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { createBodyReader } from '../../src/http/request-body.ts';

const KB = 1024;
const LIMITS = { limitBytes: 200 * KB, allBytes: 800 * KB, smallBytes: 20 * KB };

/** A sender that goes on when the test says so. */
function sender(reader: ReturnType<typeof createBodyReader>) {
  const stream = new PassThrough({ highWaterMark: 1024 * KB });
  const request = Object.assign(stream, { headers: {} }) as unknown as IncomingMessage;
  const read = reader.withBody(request, async (body) => body.length);
  return {
    read,
    async send(bytes: number) {
      stream.write(Buffer.alloc(bytes));
      await nextTurn();
    },
    async finish(bytes: number) {
      stream.end(Buffer.alloc(bytes));
      return read;
    },
  };
}

describe('four senders that announce a large body and go silent', () => {
  async function besieged() {
    let now = 0;
    const reader = createBodyReader({ ...LIMITS, now: () => now });
    const silent = Array.from({ length: 4 }, () => sender(reader));
    for (const one of silent) await one.send(199 * KB);
    const pass = (ms: number) => {
      now += ms;
    };
    pass(10_000);
    return { reader, silent, pass };
  }

  test('keep out no small delivery', async () => {
    const { reader } = await besieged();
    for (let i = 0; i < 20; i++) expect(await sender(reader).finish(15 * KB)).toEqual({ ok: true, value: 15 * KB });
  });

  test('keep out no large one: the slowest is cut for it', async () => {
    const { reader, silent } = await besieged();
    expect(await sender(reader).finish(150 * KB)).toEqual({ ok: true, value: 150 * KB });
    expect(await silent[0]?.read).toEqual({ ok: false, reason: 'busy' });
    const others = await Promise.race([...silent.slice(1).map(({ read }) => read), nextTurn('still there')]);
    expect(others).toBe('still there');
  });

  test('nor when they send a byte now and then', async () => {
    const { reader, silent, pass } = await besieged();
    for (const one of silent) await one.send(1);
    pass(500);
    expect(await sender(reader).finish(150 * KB)).toEqual({ ok: true, value: 150 * KB });
  });
});

test('many small ones that go silent are cut for one that is sent', async () => {
  let now = 0;
  const reader = createBodyReader({ ...LIMITS, now: () => now });
  const silent = Array.from({ length: 12 }, () => sender(reader));
  for (const one of silent) await one.send(15 * KB);
  now += 10_000;
  expect(await sender(reader).finish(15 * KB)).toEqual({ ok: true, value: 15 * KB });
});

test('as fast as the others, and no room: it is the new one that is turned away', async () => {
  const reader = createBodyReader({ ...LIMITS, now: () => 0 });
  const busy = Array.from({ length: 4 }, () => sender(reader));
  for (const one of busy) await one.send(199 * KB);
  expect(await sender(reader).finish(150 * KB)).toEqual({ ok: false, reason: 'busy' });
  for (const one of busy) expect(await one.finish(0)).toEqual({ ok: true, value: 199 * KB });
});

test('what is given back can be used again', async () => {
  const reader = createBodyReader(LIMITS);
  for (let i = 0; i < 50; i++) expect(await sender(reader).finish(190 * KB)).toEqual({ ok: true, value: 190 * KB });
  for (let i = 0; i < 50; i++) expect(await sender(reader).finish(250 * KB)).toEqual({ ok: false, reason: 'too_large' });
  expect(await sender(reader).finish(190 * KB)).toMatchObject({ ok: true });
});
