import { newComponent, withStatus } from '../../src/domain/task/component-record.ts';
import { newTaskRecord } from '../../src/domain/task/task-record.ts';
import type { ListedTask, TaskDetails, TranscriptTurn } from '../../src/ports/history.ts';
import { aComponent, aPlan } from '../support/shop.ts';

export const NOW = Date.parse('2026-11-29T12:00:00Z');

/** A task in the middle of its life, whose every text is the given one. */
export function aListedTask(text = 'Limit the rate of orders'): ListedTask & TaskDetails {
  const plan = aPlan([aComponent('bucket', { title: text }), aComponent('routes', { depends_on: ['bucket'] })], { title: text });
  const blocker = { kind: 'contradiction', plan_clause: text, evidence: text, proposal: text } as const;
  return {
    task: { repository: { owner: 'olga', name: 'shop', installation: 7 }, issue: 1 },
    title: text,
    state: 'executing',
    headline: `**In progress** ${text}`,
    next: { awaits: 'person', who: '@wanda', text },
    startedBy: 'wanda',
    startedAt: NOW - 7_200_000,
    stateSince: NOW - 600_000,
    updatedAt: NOW - 1_000,
    usd: 1.25,
    calledAt: null,
    removed: false,
    away: false,
    plan,
    limits: { usd: 10, tokens: null },
    record: {
      ...newTaskRecord({ by: 'wanda', at: '2026-11-29T10:00:00Z', digest: null }),
      components: { bucket: withStatus(newComponent(), { state: 'blocked', blocker }) },
    },
  };
}

/** A turn whose every text is the given one. */
export const aTurn = (text: string, more: Partial<TranscriptTurn> = {}): Omit<TranscriptTurn, 'task'> => ({
  workflow: 'component:olga/shop#1/bucket:1',
  name: 'turn 1',
  at: NOW - 5_000,
  ms: 1_500,
  model: 'anthropic/claude-haiku-5-5',
  usage: { input: 10, cache_read: 20, cache_write: 30, output: 40, reasoning: 5 },
  usd: 0.02,
  failed: false,
  content: {
    opening: { system: text, tools: ['read_file'], messages: [text] },
    results: [{ id: 'c1', content: text, isError: true }],
    correction: text,
    reasoning: text,
    text,
    calls: [
      { id: 'c1', name: 'edit_file', input: JSON.stringify({ path: text, old_text: text, new_text: `${text}!` }) },
      { id: 'c2', name: text, input: text },
    ],
    failure: text,
  },
  ...more,
});
