import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from '@jest/globals';
import { createMetrics } from '../../../src/adapters/telemetry/metrics.ts';
import { NO_USAGE } from '../../../src/domain/model/usage.ts';
import type { Occurrence } from '../../../src/ports/telemetry.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}
const { panels } = JSON.parse(readFileSync('docs/grafana-dashboard.json', 'utf8')) as { readonly panels: readonly Panel[] };
const queries = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
);

const task = { repository: { owner: 'acme', name: 'rocket', installation: 7 }, issue: 1 };
const left = { installation: '7', resource: 'core', limit: 5_000, remaining: 1, reset: 1 };
const turn = { kind: 'turn', task, workflow: 'w', role: 'planner', model: 'a/b', ms: 1, calls: 0 } as const;
/** Whatever makes a series. */
const EVERYTHING: readonly Occurrence[] = [
  { kind: 'delivery', outcome: 'accepted', event: 'issues', ms: 1, lag: 1 },
  { kind: 'github_request', api: 'rest', method: 'GET', status: 200, ms: 1, left },
  { kind: 'model_request', model: 'a/b', ms: 1, failure: null },
  { kind: 'model_request', model: 'a/b', ms: 1, failure: 'unavailable' },
  { ...turn, usage: NO_USAGE, usd: 1, failure: null },
  { ...turn, usage: NO_USAGE, usd: null, failure: null },
  { ...turn, usage: null, usd: null, failure: 'unavailable' },
  { kind: 'dequeued', queue: 'tasks', waited: 1 },
  { kind: 'workflow', name: 'plan', outcome: 'planned', ms: 1 },
  { kind: 'pruned', what: 'signals', removed: 1, ms: 1 },
];

/** The labels of each series that a scrape can hold, besides Prometheus's own. */
const series = new Map<string, Set<string>>();
beforeAll(async () => {
  const metrics = createMetrics((text) => text, {
    tasks: async () => ({ review: 1 }),
    queues: async () => [{ queue: 'tasks', status: 'waiting', workflows: 1 }],
  });
  for (const what of EVERYTHING) metrics.report(what);
  for (const line of (await metrics.expose()).text.split('\n')) {
    const [, name, labels = ''] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name !== undefined) series.set(name, new Set([...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label)));
  }
});

const selectors = (expr: string) => [...expr.matchAll(/((?:planwright|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)];

it.each(queries)('$title asks for series that exist, by labels that they have: $expr', ({ expr, legendFormat }) => {
  const found = selectors(expr);
  expect(found.length).toBeGreaterThan(0);
  for (const [, name = '', matchers = ''] of found) {
    const labels = series.get(name);
    expect([name, labels === undefined]).toEqual([name, false]);
    const asked = [...matchers.matchAll(/(\w+)\s*[=!]~?"/g)].map(([, label = '']) => label);
    const by = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));
    const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
    expect([...asked, ...by, ...shown].filter((label) => label !== 'instance' && !labels?.has(label))).toEqual([]);
    if (by.length > 0) expect(shown.filter((label) => !by.includes(label))).toEqual([]);
  }
});

it('shows every metric of ours somewhere', () => {
  const shown = new Set(
    queries.flatMap(({ expr }) => selectors(expr).map(([, name = '']) => name.replace(/_(bucket|sum|count)$/, ''))),
  );
  const ours = new Set(
    [...series.keys()].filter((name) => name.startsWith('planwright_')).map((name) => name.replace(/_(bucket|sum|count)$/, '')),
  );
  expect([...ours].filter((name) => !shown.has(name))).toEqual([]);
});

it('lays its panels out side by side, none on top of another', () => {
  for (const [i, a] of panels.entries()) {
    expect(a.gridPos.x + a.gridPos.w).toBeLessThanOrEqual(24);
    for (const b of panels.slice(i + 1)) {
      const [p, q] = [a.gridPos, b.gridPos];
      const apart = p.x + p.w <= q.x || q.x + q.w <= p.x || p.y + p.h <= q.y || q.y + q.h <= p.y;
      expect([a.title, b.title, apart]).toEqual([a.title, b.title, true]);
    }
  }
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});
