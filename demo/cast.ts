import type { LocalModels } from '../test/support/models/local-models.ts';
import type { ScriptedTurn } from '../test/support/models/scripted-turn.ts';
import { type SeenRequest, saidTo } from '../test/support/models/seen-request.ts';
import { ISSUE } from './script/issue.ts';
import { EXECUTOR_TURNS, PLANNER_TURNS } from './script/turns.ts';
import type { Tell } from './timeline.ts';

const isPlanner = (r: SeenRequest): boolean => r.tools.some((tool) => tool.name === 'submit_plan');

export const isExecutorOf =
  (id: string) =>
  (r: SeenRequest): boolean =>
    !isPlanner(r) && saidTo(r).includes(`Your component is \`${id}\``);

/** Lets the local models play the planner and the executors of the story, and tells each of their turns. */
export function castModels(models: LocalModels, tell: Tell): void {
  models.script((r) => isPlanner(r) && saidTo(r).includes(ISSUE.title), playing('planner', PLANNER_TURNS, tell));
  for (const [id, turns] of Object.entries(EXECUTOR_TURNS)) models.script(isExecutorOf(id), playing(id, turns, tell));
}

export function playing(name: string, turns: readonly ScriptedTurn[], tell: Tell) {
  return (request: SeenRequest, nth: number): ScriptedTurn => {
    for (const finding of refusals(request)) tell(name, `is told: ${finding}`);
    const turn = turns[nth] ?? { text: 'I have nothing more to say.' };
    tell(name, `turn ${nth + 1}: ${(turn.calls ?? []).map(shown).join(', ')}`);
    return turn;
  };
}

/** What the program would not let the model do in the turn before. */
function refusals({ messages }: SeenRequest): string[] {
  const last = messages.at(-1);
  return last?.role === 'tools' ? last.results.filter((r) => r.is_error).map((r) => r.content.replace(/\s+/g, ' ')) : [];
}

function shown({ name, input }: NonNullable<ScriptedTurn['calls']>[number]): string {
  const { path, pattern } = input as { path?: string; pattern?: string };
  return `${name}${pattern ? ` ${pattern}` : path ? ` ${path}` : ''}`;
}
