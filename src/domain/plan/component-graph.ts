import type { Component, Plan } from './plan.ts';

/** The part of a plan that its graph needs. Ids that name no component are ignored: soundness reports them. */
export interface Graph {
  readonly components: readonly Pick<Component, 'id' | 'depends_on'>[];
}

/** Everything `id` builds on, directly or not; without `id` itself, unless it is on a cycle. */
export const transitiveDependencies = (graph: Graph, id: string): ReadonlySet<string> => reach(dependenciesOf(graph), id);

/** Everything that builds on `id`, directly or not. */
export function dependents(graph: Graph, id: string): ReadonlySet<string> {
  const reversed = new Map<string, string[]>(graph.components.map((c) => [c.id, []]));
  for (const [component, dependencies] of dependenciesOf(graph)) {
    for (const dependency of dependencies) reversed.get(dependency)?.push(component);
  }
  return reach(reversed, id);
}

/** One cycle as ids, the first repeated at the end (`a, b, a`), or null. */
export function findCycle(graph: Graph): readonly string[] | null {
  const dependencies = dependenciesOf(graph);
  const finished = new Set<string>();
  const trail: string[] = [];
  const visit = (id: string): readonly string[] | null => {
    const seen = trail.indexOf(id);
    if (seen !== -1) return [...trail.slice(seen), id];
    if (finished.has(id)) return null;
    trail.push(id);
    for (const dependency of dependencies.get(id) ?? []) {
      const cycle = visit(dependency);
      if (cycle) return cycle;
    }
    trail.pop();
    finished.add(id);
    return null;
  };
  for (const id of dependencies.keys()) {
    const cycle = visit(id);
    if (cycle) return cycle;
  }
  return null;
}

/** The places where a component of `order` comes before something it depends on, directly or not. */
export function misplaced(
  graph: Graph,
  order: readonly Plan['implementation_order'][number]['component'][],
): readonly { readonly component: string; readonly dependency: string; readonly index: number }[] {
  return order.flatMap((component, index) =>
    [...transitiveDependencies(graph, component)]
      .filter((dependency) => order.indexOf(dependency) > index)
      .map((dependency) => ({ component, dependency, index })),
  );
}

function dependenciesOf({ components }: Graph): Map<string, readonly string[]> {
  const known = new Set(components.map((c) => c.id));
  return new Map(components.map((c) => [c.id, c.depends_on.filter((id) => known.has(id))]));
}

function reach(edges: ReadonlyMap<string, readonly string[]>, from: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [...(edges.get(from) ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    open.push(...(edges.get(id) ?? []));
  }
  return reached;
}
