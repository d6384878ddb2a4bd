import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { specHash } from '../../../src/domain/plan/spec-hash.ts';
import { parsePlanFile } from '../../../src/plan-file/parse.ts';
import { renderPlanFile } from '../../../src/plan-file/render.ts';
import { nastyPlan } from '../../plan-file/nasty-plan.ts';

const meta = { issue: 1, revision: 1, model: 'a/b', commit: 'a'.repeat(40) };
const first = (plan: Plan): string => plan.components[0]?.id as string;
const reversedKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversedKeys).reverse();
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversedKeys(member)]),
  );
};

test('is the same for the same text, whatever the order of keys, rows and lines', () => {
  fc.assert(
    fc.property(nastyPlan, (plan) => {
      expect(specHash(reversedKeys(plan) as Plan, first(plan))).toBe(specHash(plan, first(plan)));
      expect(specHash(plan, first(plan))).toMatch(/^[0-9a-f]{64}$/);
    }),
    { numRuns: 10 },
  );
});

test('survives PLAN.md', () => {
  fc.assert(
    fc.property(nastyPlan, (plan) => {
      const read = parsePlanFile(renderPlanFile(plan, meta));
      expect(read.ok && specHash(read.value.plan, first(plan))).toBe(specHash(plan, first(plan)));
    }),
    { numRuns: 10 },
  );
});

test.each<[string, boolean, (plan: Plan) => Plan]>([
  ['the title of the plan', false, (p) => ({ ...p, title: 'other' })],
  ['the overview, risks and order', false, (p) => ({ ...p, overview: 'other', risks: [], implementation_order: [] })],
  [
    'another component',
    false,
    (p) => ({ ...p, components: p.components.map((c, i) => (i === 0 ? c : { ...c, contract: 'other' })) }),
  ],
  [
    "another component's edge case",
    false,
    (p) => ({ ...p, edge_cases: [...p.edge_cases, { case: 'c', handling: 'h', component: 'zz' }] }),
  ],
  ['a constraint', true, (p) => ({ ...p, constraints: [...p.constraints, 'one more'] })],
  ['its edge case', true, (p) => ({ ...p, edge_cases: [...p.edge_cases, { case: 'c', handling: 'h', component: first(p) }] })],
  ['its contract', true, (p) => ({ ...p, components: p.components.map((c) => ({ ...c, contract: `${c.contract}\n\nmore` })) })],
  [
    'what becomes of a file',
    true,
    (p) => ({ ...p, components: p.components.map((c) => ({ ...c, files: [{ path: 'new', action: 'create', change: 'x' }] })) }),
  ],
])('a change of %s binds the component: %s', (_, binds, change) => {
  fc.assert(
    fc.property(nastyPlan, (plan) => {
      expect(specHash(change(plan), first(plan)) !== specHash(plan, first(plan))).toBe(binds);
    }),
    { numRuns: 5 },
  );
});

test('has no answer for a component that is not there', () => {
  const [plan] = fc.sample(nastyPlan, 1) as [Plan];
  expect(() => specHash(plan, 'not-there')).toThrow('no component');
});
