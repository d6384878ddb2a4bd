import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBuckets } from '../src/limit/token-bucket.js';

const T = 1_700_000_000_000;

test('a new client may use the whole burst at once, and nothing more', () => {
  const buckets = createBuckets({ capacity: 3, refillPerSecond: 0.5 });
  for (let i = 0; i < 3; i++) assert.deepEqual(buckets.take('a', T), { ok: true });
  assert.deepEqual(buckets.take('a', T), { ok: false, retryAfterSeconds: 2 });
});

test('after the seconds it was told to wait, a client gets its token', () => {
  const buckets = createBuckets({ capacity: 1, refillPerSecond: 10 / 60 });
  buckets.take('a', T);
  const { retryAfterSeconds } = buckets.take('a', T + 100);
  assert.equal(retryAfterSeconds, 6);
  assert.equal(buckets.take('a', T + 100 + retryAfterSeconds * 1000).ok, true);
});

test('being refused costs nothing', () => {
  const buckets = createBuckets({ capacity: 1, refillPerSecond: 1 });
  buckets.take('a', T);
  for (let i = 0; i < 9; i++) assert.equal(buckets.take('a', T + i * 100).ok, false);
  assert.equal(buckets.take('a', T + 1000).ok, true);
});

test('a bucket never holds more than the burst', () => {
  const buckets = createBuckets({ capacity: 2, refillPerSecond: 100 });
  buckets.take('a', T);
  assert.equal(buckets.take('a', T + 3_600_000).ok, true);
  assert.equal(buckets.take('a', T + 3_600_000).ok, true);
  assert.equal(buckets.take('a', T + 3_600_000).ok, false);
});

test('a clock that was set back changes nothing', () => {
  const buckets = createBuckets({ capacity: 1, refillPerSecond: 1 });
  buckets.take('a', T);
  assert.equal(buckets.take('a', T - 60_000).ok, false);
  assert.equal(buckets.take('a', T).ok, false);
  assert.equal(buckets.take('a', T + 1000).ok, true);
});

test('clients do not share a bucket, and the oldest is forgotten', () => {
  const buckets = createBuckets({ capacity: 1, refillPerSecond: 1, maxClients: 2 });
  for (const key of ['a', 'b', 'a', 'c']) buckets.take(key, T);
  assert.equal(buckets.size, 2);
  assert.equal(buckets.take('a', T).ok, false);
  assert.equal(buckets.take('b', T).ok, true);
});

test('numbers that cannot work are refused at once', () => {
  for (const wrong of [0, -1, Number.NaN, Infinity]) {
    assert.throws(() => createBuckets({ capacity: wrong, refillPerSecond: 1 }), RangeError);
    assert.throws(() => createBuckets({ capacity: 1, refillPerSecond: wrong }), RangeError);
  }
});
