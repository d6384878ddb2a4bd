import type { Component, Plan } from './plan.ts';
import { specHash } from './spec-hash.ts';

/** What a new revision means for the work: components, not lines. Ids in the order of the new plan (removed ones in the old's). */
export interface PlanDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** `parts` names what is different, for people: `contract`, `files`, `edge cases` ... */
  readonly changed: readonly { readonly id: string; readonly parts: readonly string[] }[];
  readonly unchanged: readonly string[];
  /** What is said about the plan as a whole, by the name of its section. */
  readonly plan: readonly string[];
}

export function diffPlans(before: Plan, after: Plan): PlanDiff {
  const old = new Map(before.components.map((c) => [c.id, c]));
  const ids = new Set(after.components.map((c) => c.id));
  const kept = after.components.filter((c) => old.has(c.id));
  const same = (id: string): boolean => specHash(before, id) === specHash(after, id);
  return {
    added: after.components.filter((c) => !old.has(c.id)).map((c) => c.id),
    removed: before.components.filter((c) => !ids.has(c.id)).map((c) => c.id),
    changed: kept
      .filter((c) => !same(c.id))
      .map((c) => ({ id: c.id, parts: differentParts(old.get(c.id) as Component, c, before, after) })),
    unchanged: kept.filter((c) => same(c.id)).map((c) => c.id),
    plan: PLAN_PARTS.filter(([key]) => !equal(before[key], after[key])).map(([, name]) => name),
  };
}

const PLAN_PARTS = [
  ['title', 'title'],
  ['overview', 'overview'],
  ['constraints', 'constraints'],
  ['data_flow', 'data flow'],
  ['implementation_order', 'implementation order'],
  ['trade_offs', 'trade-offs'],
  ['risks', 'risks'],
  ['open_questions', 'open questions'],
] as const satisfies readonly (readonly [keyof Plan, string])[];

const COMPONENT_PARTS = [
  ['title', 'title'],
  ['purpose', 'purpose'],
  ['depends_on', 'dependencies'],
  ['files', 'files'],
  ['contract', 'contract'],
  ['acceptance_criteria', 'acceptance criteria'],
] as const satisfies readonly (readonly [keyof Component, string])[];

function differentParts(a: Component, b: Component, before: Plan, after: Plan): string[] {
  const parts: string[] = COMPONENT_PARTS.filter(([key]) => !equal(a[key], b[key])).map(([, name]) => name);
  const cases = (plan: Plan) => plan.edge_cases.filter((e) => e.component === a.id);
  if (!equal(cases(before), cases(after))) parts.push('edge cases');
  if (!equal(before.constraints, after.constraints)) parts.push('constraints');
  return parts;
}

const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
