import type { Spend } from '../../src/domain/model/spend.ts';
import { specHash } from '../../src/domain/plan/spec-hash.ts';
import { type ComponentRecord, type ComponentStatus, newComponent, withStatus } from '../../src/domain/task/component-record.ts';
import { newTaskRecord, type TaskRecord } from '../../src/domain/task/task-record.ts';
import { aComponent, aPlan } from '../../test/support/shop.ts';

/** One task somewhere in the middle, from which every sentence takes its values. */

export const PLAN = aPlan(
  [
    aComponent('token-bucket', {
      title: 'Add a token bucket for each client',
      purpose: 'Counts how many links a client may still make. Nothing else knows how it counts.',
      files: [{ path: 'src/limit/token-bucket.js', action: 'create', change: 'the bucket, with its clock passed in' }],
      contract:
        '`createBucket({ burst, perMinute, now })` gives `{ take(): boolean }`. It throws a `RangeError` where a number is not positive.',
      acceptance_criteria: ['A client may make `burst` links at once.', 'After a minute it may make `perMinute` more.'],
    }),
    aComponent('limit-links', {
      title: 'Refuse links beyond the limit',
      depends_on: ['token-bucket'],
      files: [
        { path: 'src/server.js', action: 'modify', change: 'ask the bucket before a link is made' },
        { path: 'package.json', action: 'modify', change: 'run the new test' },
      ],
      contract: 'Answers 429 with `Retry-After` in whole seconds.',
      acceptance_criteria: ['The 21st link of a second is refused with 429.'],
    }),
  ],
  { title: 'Limit how fast one client can make links' },
);

export const BLOB = '9f2c1d7e5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d';

export const SPEND: Spend = {
  model: 'anthropic/claude-haiku-5-5',
  turns: 9,
  usage: { input: 1_200, cache_read: 61_400, cache_write: 9_800, output: 4_300, reasoning: 900 },
  usd: 0.041,
  ms: 74_000,
};
export const PLANNING: Spend = { ...SPEND, model: 'anthropic/claude-opus-5-5', turns: 14, usd: 0.62, ms: 210_000 };
export const OUT: Spend = {
  ...SPEND,
  model: 'anthropic/claude-haiku-5-5',
  turns: 2,
  usd: 0.004,
  out: 'anthropic/claude-haiku-5-5 is overloaded (529). Given up after 5 attempts.',
};

export const BLOCKER = {
  kind: 'contradiction',
  plan_clause: 'Answers 429 with `Retry-After` in whole seconds.',
  evidence: 'src/server.js:41 answers every refusal through `deny()`, which sets no headers.',
  proposal: 'Let `deny()` take headers, and list src/deny.js among the files.',
} as const;

export const component = (status: ComponentStatus, id: string, more: Parameters<typeof withStatus>[2] = {}): ComponentRecord =>
  withStatus(newComponent(), status, {
    attempt: 1,
    goal: { spec: specHash(PLAN, id), blob: BLOB, foundation: null },
    built: { spec: specHash(PLAN, id), blob: BLOB },
    spend: [SPEND],
    ...more,
  });

export const aTask = (components: TaskRecord['components'], more: Partial<TaskRecord> = {}): TaskRecord => {
  const record = newTaskRecord({ by: 'mara', at: '2026-11-26T09:00:00Z', digest: 'd' }, 'replan');
  const posted = { at: '2026-11-26T09:05:00Z', blob: BLOB };
  return {
    ...record,
    planning: { ...record.planning, phase: 'ready', revision: 2, posted, spend: [PLANNING] },
    planPull: 12,
    components,
    ...more,
  };
};

export const STACK = { component: 'token-bucket', pull: 13, sha: 'c'.repeat(40) };
