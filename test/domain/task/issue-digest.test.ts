import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { isDigestOf, issueDigest } from '../../../src/domain/task/issue-digest.ts';

const text = (body: string) => ({ title: 'Limit orders', body });

it.each([
  ['- [ ] planned', '- [x] planned'],
  ['1. [ ] one\n   * [ ] two', '1. [X] one\n   * [x] two'],
  ['> + [ ] quoted', '> + [x] quoted'],
])('a tick is no change: %j', (before, after) => {
  expect(issueDigest(text(after))).toBe(issueDigest(text(before)));
});

it.each([
  ['- [ ] planned', '- [ ] planned twice'],
  ['arr[ ] = 1', 'arr[x] = 1'],
  ['- [ ] a', '- [ ] a\n- [ ] b'],
])('anything else is: %j', (before, after) => {
  expect(issueDigest(text(after))).not.toBe(issueDigest(text(before)));
});

it('a digest that an older build took of a ticked text still fits that text', () => {
  const old = createHash('sha256')
    .update(JSON.stringify(['Limit orders', '- [x] a']))
    .digest('hex');
  expect(isDigestOf(old, text('- [x] a'))).toBe(true);
  expect(isDigestOf(old, text('- [x] b'))).toBe(false);
  expect(isDigestOf(null, text('- [x] a'))).toBe(false);
});
