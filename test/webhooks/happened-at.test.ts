import { expect, test } from '@jest/globals';
import { happenedAt } from '../../src/webhooks/happened-at.ts';

const AT = '2026-11-29T08:00:00Z';
const MS = Date.parse(AT);

test.each<[string, Record<string, unknown>, number | null]>([
  ['issues', { issue: { updated_at: AT } }, MS],
  ['issue_comment', { comment: { updated_at: AT }, issue: { updated_at: '2020-01-01T00:00:00Z' } }, MS],
  ['pull_request', { pull_request: { updated_at: AT } }, MS],
  ['pull_request_review', { review: { submitted_at: AT } }, MS],
  ['check_run', { check_run: { completed_at: AT } }, MS],
  ['check_run', { check_run: { completed_at: null } }, null],
  ['check_suite', { check_suite: { updated_at: AT } }, MS],
  ['status', { updated_at: AT }, MS],
  ['push', { repository: { pushed_at: MS / 1_000 } }, MS],
  ['push', { repository: { pushed_at: Number.NaN } }, null],
  ['installation', { installation: { updated_at: AT } }, null],
  ['issues', {}, null],
  ['issues', { issue: null }, null],
  ['issues', { issue: 'text' }, null],
  ['issues', { issue: { updated_at: 'yesterday' } }, null],
  ['constructor', {}, null],
  ['__proto__', {}, null],
])('%s %j', (event, payload, expected) => {
  expect(happenedAt(event, payload)).toBe(expected);
});
