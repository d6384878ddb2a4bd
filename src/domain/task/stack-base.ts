import type { Component } from '../plan/plan.ts';
import type { ComponentRecord } from './component-record.ts';

/** The base that a component may be built on now. */
export type StackBase =
  | { readonly kind: 'base' }
  | { readonly kind: 'on'; readonly component: string }
  | { readonly kind: 'wait' };

/** The part of a component's record that its dependents need. */
type Dependency = Pick<ComponentRecord, 'state' | 'stack'>;

/**
 * The base branch when everything it depends on is merged. Else, where branches may be stacked and each dependency is merged or
 * open, the one unmerged dependency whose branch contains all the others (design §4, strategy).
 */
export function stackBaseOf(
  { depends_on }: Pick<Component, 'depends_on'>,
  components: Readonly<Record<string, Dependency>>,
  strategy: 'stacked' | 'merged',
): StackBase {
  const unmerged = depends_on.filter((id) => components[id]?.state !== 'merged');
  if (unmerged.length === 0) return { kind: 'base' };
  if (strategy === 'merged' || unmerged.some((id) => components[id]?.state !== 'open')) return { kind: 'wait' };
  const top = unmerged.find((id) => {
    const contained = containedIn(id, components);
    return unmerged.every((other) => other === id || contained.has(other));
  });
  return top === undefined ? { kind: 'wait' } : { kind: 'on', component: top };
}

/** The unmerged components whose branches this one's contains, the next below first. */
export function containedIn(id: string, components: Readonly<Record<string, Dependency>>): ReadonlySet<string> {
  const below = new Set<string>();
  for (
    let next = components[id]?.stack?.component;
    next !== undefined && !below.has(next);
    next = components[next]?.stack?.component
  ) {
    if (components[next]?.state === 'merged') break;
    below.add(next);
  }
  return below;
}
