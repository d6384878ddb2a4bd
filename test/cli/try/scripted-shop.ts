import type { Component, Plan } from '../../../src/domain/plan/plan.ts';
import type { LocalModels } from '../../support/models/local-models.ts';
import type { ScriptedTurn } from '../../support/models/scripted-turn.ts';
import { type SeenRequest, saidTo } from '../../support/models/seen-request.ts';
import { executing, planning } from '../../support/shop.ts';

const isPlanner = (request: SeenRequest): boolean => request.tools.some(({ name }) => name === 'submit_plan');
const isExecutor = (request: SeenRequest): boolean => request.tools.some(({ name }) => name === 'finish');

/** Requests for a turn of the planner or of an executor about this issue. */
export const about =
  (title: string, part: 'planner' | 'question' | string) =>
  (request: SeenRequest): boolean => {
    if (!saidTo(request).includes(title)) return false;
    if (part === 'planner') return isPlanner(request);
    if (part === 'question') return !isPlanner(request) && !isExecutor(request);
    return isExecutor(request) && saidTo(request).includes(`Your component is \`${part}\``);
  };

/** A planner and executors who do as the plan says. The plan's title is the issue's, so that several tests share one server. */
export function scriptShop(models: LocalModels, plan: Plan, turnsOf: (component: Component) => ScriptedTurn[] = executing) {
  return {
    planner: models.script(about(plan.title, 'planner'), planning(plan)),
    executors: new Map(
      plan.components.map((component) => [component.id, models.script(about(plan.title, component.id), turnsOf(component))]),
    ),
  };
}
