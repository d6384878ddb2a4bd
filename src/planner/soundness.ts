import { nearestOf } from '../agent/files/nearest-paths.ts';
import { CHANGE_LIMITS } from '../domain/change/change-limits.ts';
import type { ScopePolicy } from '../domain/change/scope.ts';
import { findCycle, misplaced } from '../domain/plan/component-graph.ts';
import type { Component, Plan } from '../domain/plan/plan.ts';
import type { PlanFinding, PlanPath } from '../domain/plan/plan-finding.ts';
import { checkFiles, type KnownFiles } from './file-soundness.ts';

/** What a plan is checked against: the repository it was made for, and what its settings allow. */
export interface SoundnessContext extends ScopePolicy {
  /** Every path of the snapshot; directories are not paths. */
  readonly paths: KnownFiles;
  readonly maxComponents: number;
  /** Whether each component has to say its type and scope, by Conventional Commits. */
  readonly isClassified?: boolean;
  /**
   * Spec hashes of merged components by id: a component that is unchanged is in the snapshot already, and is not executed again.
   */
  readonly merged?: Readonly<Record<string, string>>;
}

/**
 * Everything that makes a plan unsound (design §3), in the order of the plan; empty when it is sound. The plan is one the schema
 * allows. Each message is a whole sentence a model or a person can act on.
 */
export function checkSoundness(plan: Plan, context: SoundnessContext): PlanFinding[] {
  return [
    ...checkNumber(plan, context.maxComponents),
    ...checkIds(plan),
    ...checkReferences(plan),
    ...checkCycle(plan),
    ...checkOrder(plan),
    ...checkSize(plan),
    ...checkFiles(plan, context),
  ];
}

function checkNumber({ components }: Plan, max: number): PlanFinding[] {
  if (components.length <= max) return [];
  const message = `The plan has ${components.length} components, at most ${max} are allowed: merge components that are reviewed together, or plan less.`;
  return [{ rule: 'max-components', message, at: ['components'] }];
}

/** A component that is too large is refused here, because the output gate would refuse it after all the work was paid for. */
const checkSize = ({ components }: Plan): PlanFinding[] =>
  components.flatMap(({ id, files }, index) => {
    if (files.length <= CHANGE_LIMITS.files) return [];
    const message = `${id} lists ${files.length} files, and one component may change ${CHANGE_LIMITS.files}: split it.`;
    return [{ rule: 'max-files', message, at: ['components', index, 'files'], component: id }];
  });

function checkIds({ components }: Plan): PlanFinding[] {
  return components.flatMap(({ id }, index) => {
    const first = components.findIndex((c) => c.id === id);
    if (first === index) return [];
    const message = `components[${first}] and components[${index}] are both called ${id}: give one of them another id.`;
    return [{ rule: 'unique-id', message, at: ['components', index, 'id'], component: id }];
  });
}

function checkReferences(plan: Plan): PlanFinding[] {
  const ids = new Set(plan.components.map((c) => c.id));
  const check = (id: string, at: PlanPath, where: string, component: string): PlanFinding[] => {
    if (ids.has(id)) return [];
    const nearest = nearestOf(id, ids);
    const message = `${where} names ${id}, which is no component${nearest ? `; did you mean ${nearest}?` : `; the components are ${[...ids].join(', ')}.`}`;
    return [{ rule: 'reference', message, at, component }];
  };
  return [
    ...plan.components.flatMap((c, index) =>
      c.depends_on.flatMap((id, i) => {
        const at = ['components', index, 'depends_on', i];
        if (c.depends_on.indexOf(id) === i) return check(id, at, `depends_on of ${c.id}`, c.id);
        return [{ rule: 'reference', message: `depends_on of ${c.id} names ${id} twice: name it once.`, at, component: c.id }];
      }),
    ),
    ...plan.edge_cases.flatMap((e, i) =>
      check(e.component, ['edge_cases', i, 'component'], `The edge case "${e.case}"`, e.component),
    ),
    ...plan.implementation_order.flatMap((step, i) =>
      check(step.component, ['implementation_order', i, 'component'], 'implementation_order', step.component),
    ),
  ];
}

function checkCycle(plan: Plan): PlanFinding[] {
  const cycle = findCycle(plan);
  const component = cycle?.[0];
  if (!cycle || component === undefined) return [];
  const message =
    cycle.length === 2
      ? `${component} depends on itself: remove it from its own depends_on.`
      : `The dependencies form a cycle, ${cycle.join(' -> ')}: remove one of these dependencies, or merge the components.`;
  return [{ rule: 'cycle', message, at: ['components', indexOf(plan, component), 'depends_on'], component }];
}

function checkOrder(plan: Plan): PlanFinding[] {
  const order = plan.implementation_order.map((step) => step.component);
  const repeated = order.flatMap((id, index): PlanFinding[] => {
    if (order.indexOf(id) === index) return [];
    const message = `implementation_order names ${id} more than once: name every component exactly once.`;
    return [{ rule: 'implementation-order', message, at: ['implementation_order', index], component: id }];
  });
  const missing = plan.components.flatMap(({ id }: Component): PlanFinding[] => {
    if (order.includes(id)) return [];
    return [
      {
        rule: 'implementation-order',
        message: `implementation_order does not name ${id}: add it.`,
        at: ['implementation_order'],
        component: id,
      },
    ];
  });
  const early = findCycle(plan) ? [] : misplaced(plan, order);
  return [
    ...repeated,
    ...missing,
    ...early.map(({ component, dependency, index }) => ({
      rule: 'implementation-order',
      message: `implementation_order has ${component} before ${dependency}, on which it depends: put ${dependency} first.`,
      at: ['implementation_order', index],
      component,
    })),
  ];
}

const indexOf = ({ components }: Plan, id: string): number => components.findIndex((c) => c.id === id);
