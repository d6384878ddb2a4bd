import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { createApp } from '../src/app.js';
import { createLinks } from '../src/links.js';

const server = createServer(createApp({ links: createLinks(), baseUrl: 'https://hop.example' }));
let address;

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

const post = (body) => fetch(`${address}/links`, { method: 'POST', body });

test('a new link leads to its target', async () => {
  const made = await post(JSON.stringify({ target: 'https://example.com/a?b=c' }));
  assert.equal(made.status, 201);
  const { slug, url } = await made.json();
  assert.equal(url, `https://hop.example/${slug}`);
  const followed = await fetch(`${address}/${slug}`, { redirect: 'manual' });
  assert.equal(followed.status, 302);
  assert.equal(followed.headers.get('location'), 'https://example.com/a?b=c');
});

test('only web addresses are taken', async () => {
  for (const body of ['', '{}', '{"target":"javascript:alert(1)"}', '{"target":"example.com"}']) {
    const answer = await post(body);
    assert.equal(answer.status, 400, body);
    assert.deepEqual(await answer.json(), { error: 'bad_target' });
  }
});

test('a body of more than 4 kB is refused', async () => {
  const answer = await post(JSON.stringify({ target: `https://example.com/${'a'.repeat(5000)}` }));
  assert.equal(answer.status, 413);
});

test('nothing is found where there is nothing', async () => {
  const answer = await fetch(`${address}/nowhere`);
  assert.equal(answer.status, 404);
  assert.deepEqual(await answer.json(), { error: 'not_found' });
});
