import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CONTENT_LIMITS, contentWindow, isContent } from '../../../../src/adapters/github/client/content-limits.ts';

test.each([
  ['POST', '/repos/{owner}/{repo}/issues/{issue_number}/comments', true],
  ['PATCH', '/repos/{owner}/{repo}/issues/comments/{comment_id}', true],
  ['PATCH', '/repos/{owner}/{repo}/issues/{issue_number}', true],
  ['POST', '/repos/{owner}/{repo}/pulls', true],
  ['PATCH', '/repos/{owner}/{repo}/pulls/{pull_number}', true],
  ['POST', '/repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies', true],
  ['GET', '/repos/{owner}/{repo}/issues/{issue_number}/comments', false],
  ['POST', '/repos/{owner}/{repo}/issues/{issue_number}/labels', false],
  ['POST', '/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', false],
  ['POST', '/repos/{owner}/{repo}/check-runs', false],
  ['POST', '/repos/{owner}/{repo}/git/trees', false],
] as const)('%s %s', (method, url, is) => {
  expect(isContent({ method, url })).toBe(is);
});

test('however many come and whenever, no minute and no hour holds more than it may, and none waits for ever', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30_000), { minLength: 1, maxLength: 1_500 }), (gaps) => {
      const admit = contentWindow(CONTENT_LIMITS);
      const sent: number[] = [];
      let now = 0;
      for (const gap of gaps) {
        now += gap;
        for (let wait = admit(now); wait > 0; wait = admit(now)) now += wait;
        sent.push(now);
      }
      for (const { requests, withinMs } of CONTENT_LIMITS) {
        for (let i = requests; i < sent.length; i++)
          expect((sent[i] as number) - (sent[i - requests] as number)).toBeGreaterThanOrEqual(withinMs);
      }
    }),
    { numRuns: 50 },
  );
});

test('fifty tasks that each write twenty times at once take two hours and then some, and not one hour', () => {
  const admit = contentWindow(CONTENT_LIMITS);
  let now = 0;
  for (let n = 0; n < 1_000; n++) for (let wait = admit(now); wait > 0; wait = admit(now)) now += wait;
  expect(now).toBeGreaterThanOrEqual(2 * 3_600_000);
  expect(now).toBeLessThan(3 * 3_600_000);
});
