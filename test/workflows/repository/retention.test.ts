import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { Pruner } from '../../../src/ports/retention.ts';
import type { Occurrence } from '../../../src/ports/telemetry.ts';
import { pruneAll, type RetentionPorts } from '../../../src/workflows/repository/retention.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-29T00:00:00Z');
const running = new AbortController().signal;

function portsWith(pruners: readonly Pruner[], more: Partial<RetentionPorts> = {}) {
  const told: Occurrence[] = [];
  let compacted = 0;
  const ports: RetentionPorts = {
    pruners,
    days: 30,
    waits: { every: 1_000, handled: 3 * DAY, day: DAY },
    rounds: { claim: async () => true },
    clock: { now: () => NOW, sleep: async () => {} },
    telemetry: { report: (what) => void told.push(what), span: (_, run) => run({ set: () => {} }) },
    log: pino({ level: 'silent' }),
    compact: async () => {
      compacted += 1;
    },
    ...more,
  };
  return { ports, told, compacted: () => compacted };
}

const removing = (name: string, batches: number[], of: Pruner['of'] = 'database') => {
  const seen: { ended: string; handled: string }[] = [];
  const pruner: Pruner = {
    name,
    of,
    async prune({ ended, handled }) {
      seen.push({ ended: ended.toISOString(), handled: handled.toISOString() });
      return batches.shift() ?? 0;
    },
  };
  return { pruner, seen };
};

test('each pruner is called until it finds no more, with the moments before which things may go', async () => {
  const [rows, none] = [removing('rows', [500, 500, 7]), removing('others', [])];
  const { ports, told, compacted } = portsWith([rows.pruner, none.pruner]);
  await pruneAll(ports, running);
  expect(rows.seen).toHaveLength(3);
  expect(rows.seen[0]).toEqual({ ended: '2026-10-30T00:00:00.000Z', handled: '2026-11-26T00:00:00.000Z' });
  expect(told).toEqual([
    { kind: 'pruned', what: 'rows', removed: 1_007, ms: expect.any(Number) },
    { kind: 'pruned', what: 'others', removed: 0, ms: expect.any(Number) },
  ]);
  expect(compacted()).toBe(1);
});

test('of several processes one removes rows, and each the files of its own folder', async () => {
  const [rows, files] = [removing('rows', [1]), removing('mirrors', [1], 'folder')];
  const { ports, told, compacted } = portsWith([rows.pruner, files.pruner], { rounds: { claim: async () => false } });
  await pruneAll(ports, running);
  expect(told.map((what) => 'what' in what && what.what)).toEqual(['mirrors']);
  expect([rows.seen.length, compacted()]).toEqual([0, 0]);
});

test('one that fails does not hold up the others', async () => {
  const failing: Pruner = { name: 'broken', of: 'database', prune: () => Promise.reject(new Error('no such table')) };
  const rows = removing('rows', [2]);
  const { ports, told } = portsWith([failing, rows.pruner], { compact: () => Promise.reject(new Error('no room')) });
  await pruneAll(ports, running);
  expect(told).toEqual([expect.objectContaining({ what: 'rows', removed: 2 })]);
});

test('a process that is about to end begins no other batch', async () => {
  const rows = removing('rows', [500, 500]);
  const { ports } = portsWith([rows.pruner]);
  await pruneAll(ports, AbortSignal.abort());
  expect(rows.seen).toEqual([]);
});
