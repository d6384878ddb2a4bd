import { createHash } from 'node:crypto';
import { canonicalLine, canonicalMarkdown } from '../../text/canonical-markdown.ts';
import type { Json } from '../json.ts';
import { transitiveDependencies } from './component-graph.ts';
import type { Plan } from './plan.ts';

/**
 * SHA-256 (hex) of everything that specifies one component: itself, its edge cases and the plan's constraints. An equal hash means
 * nothing to redo. Throws when the plan has no such component.
 */
export function specHash(plan: Plan, id: string): string {
  const component = plan.components.find((c) => c.id === id);
  if (!component) throw new Error(`the plan has no component ${id}`);
  // Type and scope are words for people, in titles.
  const { type: _type, scope: _scope, ...specified } = component;
  // Text that a formatter only spelled differently requires no other code.
  const spec = {
    component: {
      ...specified,
      purpose: canonicalMarkdown(component.purpose),
      contract: canonicalMarkdown(component.contract),
      acceptance_criteria: component.acceptance_criteria.map(canonicalLine),
    },
    edge_cases: plan.edge_cases
      .filter((e) => e.component === id)
      .map((e) => ({ ...e, case: canonicalLine(e.case), handling: canonicalLine(e.handling) })),
    constraints: plan.constraints.map(canonicalLine),
  };
  return createHash('sha256').update(canonical(spec)).digest('hex');
}

/** One hash (hex) of all that `id` builds on, directly or not; empty when it builds on nothing. */
export function foundationHash(plan: Plan, id: string): string {
  const specs = [...transitiveDependencies(plan, id)].sort().map((dependency) => specHash(plan, dependency));
  return specs.length === 0 ? '' : createHash('sha256').update(specs.join()).digest('hex');
}

/** JSON with sorted keys. Lists are sorted too: each list of a component is a set, and a reordered row requires no other code. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}
