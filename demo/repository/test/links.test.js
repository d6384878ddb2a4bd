import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLinks } from '../src/links.js';

test('a link is found under the slug it got', () => {
  const links = createLinks();
  const slug = links.add('https://example.com/');
  assert.equal(links.find(slug), 'https://example.com/');
});

test('a slug that is taken is not given twice', () => {
  const slugs = ['a', 'a', 'b'];
  const links = createLinks({ newSlug: () => slugs.shift() });
  assert.equal(links.add('https://example.com/1'), 'a');
  assert.equal(links.add('https://example.com/2'), 'b');
});
