import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  dependents,
  findCycle,
  type Graph,
  misplaced,
  transitiveDependencies,
} from '../../../src/domain/plan/component-graph.ts';

/** `graph({ b: ['a'] })`: b depends on a. */
const graph = (edges: Record<string, string[]>): Graph => ({
  components: Object.entries(edges).map(([id, depends_on]) => ({ id, depends_on })),
});
const diamond = graph({ a: [], b: ['a'], c: ['a'], d: ['b', 'c'], e: [] });

test('what a component builds on, and what builds on it', () => {
  expect([...transitiveDependencies(diamond, 'd')].sort()).toEqual(['a', 'b', 'c']);
  expect([...transitiveDependencies(diamond, 'a')]).toEqual([]);
  expect([...dependents(diamond, 'a')].sort()).toEqual(['b', 'c', 'd']);
  expect([...dependents(diamond, 'gone')]).toEqual([]);
  expect([...transitiveDependencies(graph({ a: ['gone'] }), 'a')]).toEqual([]);
});

test('a cycle is named in full', () => {
  expect(findCycle(diamond)).toBeNull();
  expect(findCycle(graph({ x: ['a'], a: ['b'], b: ['c'], c: ['a'] }))).toEqual(['a', 'b', 'c', 'a']);
  expect(findCycle(graph({ a: ['a'] }))).toEqual(['a', 'a']);
});

test('an order is held against every dependency, also indirect ones', () => {
  expect(misplaced(diamond, ['a', 'c', 'b', 'd', 'e'])).toEqual([]);
  expect(
    misplaced(diamond, ['d', 'a', 'b', 'c'])
      .map((m) => `${m.component}<${m.dependency}`)
      .sort(),
  ).toEqual(['d<a', 'd<b', 'd<c']);
});

test('doing what has all it depends on, again and again, does everything exactly where there is no cycle', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const any = fc.record(Object.fromEntries(ids.map((id) => [id, fc.subarray(ids)])));
  fc.assert(
    fc.property(any, (edges) => {
      const g = graph(edges);
      const doable = () => g.components.filter((c) => !done.has(c.id) && c.depends_on.every((id) => done.has(id)));
      const done = new Set<string>();
      for (let ready = doable(); ready.length > 0; ready = doable()) {
        for (const { id } of ready) done.add(id);
      }
      expect(done.size === ids.length).toBe(findCycle(g) === null);
    }),
  );
});
