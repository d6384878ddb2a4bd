import type { Component, Plan } from '../../domain/plan/plan.ts';
import { foundationHash, specHash } from '../../domain/plan/spec-hash.ts';
import type { Blocker } from '../../domain/task/task.ts';
import type { LocalBuildResult } from '../../workflows/try/build-locally.ts';
import type { ActiveTry } from './active-try.ts';
import type { Approved } from './review-plan.ts';
import type { Built } from './session.ts';

/** The result of an attempt at all components. Both empty: all are built. */
export interface Outcomes {
  readonly blocked: readonly { readonly component: string; readonly blocker: Blocker }[];
  readonly failed: readonly string[];
}

/**
 * Builds what is not built yet, in the order of the dependencies and in parallel where they allow it. A component that is blocked
 * or fails holds what depends on it; the others continue.
 */
export async function buildComponents(current: ActiveTry, approved: Approved): Promise<Outcomes> {
  const { plan } = approved;
  keepWhatIsUnchanged(current, plan);
  const blocked: { component: string; blocker: Blocker }[] = [];
  const failed: string[] = [];
  const running = new Map<string, Promise<void>>();
  const pending = new Set(plan.implementation_order.map(({ component }) => component));
  for (const id of Object.keys(current.session().built)) pending.delete(id);

  const isReady = (component: Component): boolean =>
    component.depends_on.every((id) => current.session().built[id] !== undefined);
  async function run(component: Component): Promise<void> {
    const result = await build(current, approved, component);
    if (result.kind === 'blocked') blocked.push({ component: component.id, blocker: result.blocker });
    if (result.kind === 'failed') failed.push(component.id);
  }

  for (;;) {
    for (const { component: id } of plan.implementation_order) {
      const component = plan.components.find((one) => one.id === id);
      if (!component || !pending.has(id) || !isReady(component)) continue;
      if (running.size >= current.subject.settings.execution.max_parallel) break;
      pending.delete(id);
      running.set(
        id,
        run(component).finally(() => running.delete(id)),
      );
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  tellHeld(current, plan, pending);
  return { blocked, failed };
}

/** A component stays as it is while nothing that it was made from has changed; the others get another branch. */
function keepWhatIsUnchanged(current: ActiveTry, plan: Plan): void {
  const { built, generations } = current.session();
  const kept: Record<string, Built> = {};
  const next = { ...generations };
  const holds = ({ spec, foundation }: Built, id: string): boolean =>
    plan.components.some((component) => component.id === id) &&
    spec === specHash(plan, id) &&
    foundation === foundationHash(plan, id);
  for (const [id, one] of Object.entries(built)) {
    if (holds(one, id)) kept[id] = one;
    else next[id] = (next[id] ?? 1) + 1;
  }
  current.update({ built: kept, generations: next });
  for (const [id, { branch }] of Object.entries(kept))
    current.emit({ type: 'component', id, state: 'kept', branch, on: [], summary: null });
}

async function build(current: ActiveTry, { plan, text, blob }: Approved, component: Component): Promise<LocalBuildResult> {
  const { id } = component;
  const { built } = current.session();
  const tips = tipsOf(component.depends_on, built);
  const parents = tips.map((tip) => built[tip]).filter((one) => one !== undefined);
  const branch = branchOf(current, id);
  const on = parents.map((parent) => parent.branch);
  current.emit({ type: 'component', id, state: 'running', branch, on, summary: null });
  const workId = buildId(current, blob, id);
  const result = await current.work.build(workId, { component: id, branch, planFile: text, blob, parents });
  switch (result.kind) {
    case 'built': {
      const { commit, from, summary } = result;
      const contains = [...new Set(tips.flatMap((tip) => [tip, ...(built[tip]?.contains ?? [])]))];
      const made: Built = {
        ...{ branch: result.branch, commit, from, contains, summary },
        spec: specHash(plan, id),
        foundation: foundationHash(plan, id),
      };
      current.update({ built: { ...current.session().built, [id]: made } });
      current.emit({ type: 'component', id, state: 'built', branch: result.branch, on, summary });
      break;
    }
    case 'blocked':
      current.emit({ type: 'blocked', id, blocker: result.blocker });
      break;
    case 'failed':
      current.update({ failed: [...current.session().failed, workId] });
      current.emit({ type: 'failed', what: id, reason: result.reason });
  }
  return result;
}

/** The dependencies that are contained in no other one's branch. */
export const tipsOf = (ids: readonly string[], built: Readonly<Record<string, Pick<Built, 'contains'>>>): string[] =>
  ids.filter((id) => !ids.some((other) => other !== id && built[other]?.contains.includes(id)));

function branchOf({ subject, session }: ActiveTry, id: string): string {
  const generation = session().generations[id] ?? 1;
  return `planwright/try-${subject.number}/${id}${generation > 1 ? `.${generation}` : ''}`;
}

const keyOf = (blob: string, id: string): string => `${blob.slice(0, 12)}:${id}`;

function buildId({ session }: ActiveTry, blob: string, id: string): string {
  const key = keyOf(blob, id);
  return `build:${key}:${session().attempts[key] ?? 1}`;
}

/** Called before failed components are tried again: where no model answered they continue, else they start over. */
export async function retryComponents(current: ActiveTry, { plan, blob }: Approved): Promise<void> {
  for (const { id } of plan.components) {
    const workId = buildId(current, blob, id);
    const { failed, attempts } = current.session();
    if (!failed.includes(workId)) continue;
    const key = keyOf(blob, id);
    const continues = await current.work.retry(workId);
    current.update({
      failed: failed.filter((one) => one !== workId),
      ...(continues ? {} : { attempts: { ...attempts, [key]: (attempts[key] ?? 1) + 1 } }),
    });
  }
}

function tellHeld(current: ActiveTry, plan: Plan, pending: ReadonlySet<string>): void {
  const { built } = current.session();
  for (const { id, depends_on } of plan.components) {
    if (!pending.has(id)) continue;
    const on = depends_on.filter((dependency) => built[dependency] === undefined);
    current.emit({ type: 'component', id, state: 'held', branch: branchOf(current, id), on, summary: null });
  }
}
