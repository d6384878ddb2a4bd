import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { createApp } from '../src/app.js';
import { linkLimiter } from '../src/limit/link-limiter.js';
import { createBuckets } from '../src/limit/token-bucket.js';
import { createLinks } from '../src/links.js';

let nowMs = 1_700_000_000_000;
let buckets;
const limiter = (request) => linkLimiter({ buckets, trustedProxies: 1, now: () => nowMs })(request);
const server = createServer(createApp({ links: createLinks(), baseUrl: 'https://hop.example', limiter }));
let address;

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${server.address().port}`;
});
beforeEach(() => {
  buckets = createBuckets({ capacity: 20, refillPerSecond: 10 / 60 });
});
after(() => server.close());

const post = (client, body = JSON.stringify({ target: 'https://example.com/' })) =>
  fetch(`${address}/links`, { method: 'POST', body, headers: { 'x-forwarded-for': client } });

async function useUp(client) {
  for (let i = 0; i < 20; i++) assert.equal((await post(client)).status, 201);
}

test('the 21st link of a burst is refused, with the time to wait', async () => {
  await useUp('198.51.100.1');
  const refused = await post('198.51.100.1');
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get('retry-after'), '6');
  assert.deepEqual(await refused.json(), { error: 'too_many_links', retry_after_seconds: 6 });
});

test('after that time the next link is made', async () => {
  await useUp('198.51.100.1');
  nowMs += 6_000;
  assert.equal((await post('198.51.100.1')).status, 201);
  assert.equal((await post('198.51.100.1')).status, 429);
});

test('other clients notice nothing', async () => {
  await useUp('198.51.100.1');
  assert.equal((await post('198.51.100.2')).status, 201);
});

test('a made-up entry in X-Forwarded-For is no way round', async () => {
  await useUp('198.51.100.1');
  assert.equal((await post('203.0.113.250, 198.51.100.1')).status, 429);
});

test('a bad request counts as well', async () => {
  for (let i = 0; i < 20; i++) assert.equal((await post('198.51.100.1', '{}')).status, 400);
  assert.equal((await post('198.51.100.1')).status, 429);
});

test('links can be followed by a client that may not create any', async () => {
  const { slug } = await (await post('198.51.100.1')).json();
  for (let i = 0; i < 19; i++) await post('198.51.100.1');
  assert.equal((await post('198.51.100.1')).status, 429);
  const followed = await fetch(`${address}/${slug}`, { redirect: 'manual', headers: { 'x-forwarded-for': '198.51.100.1' } });
  assert.equal(followed.status, 302);
});
