import type { LocalModels } from '../test/support/models/local-models.ts';
import type { ScriptedTurn } from '../test/support/models/scripted-turn.ts';
import { type SeenRequest, saidTo } from '../test/support/models/seen-request.ts';
import { ISSUE } from './script/issue.ts';
import { EXECUTOR_TURNS, PLANNER_TURNS } from './script/turns.ts';
import type { Log } from './timeline.ts';

const isPlanner = (r: SeenRequest): boolean => r.tools.some((tool) => tool.name === 'submit_plan');

export const isExecutorOf =
  (id: string) =>
  (r: SeenRequest): boolean =>
    !isPlanner(r) && saidTo(r).includes(`Your component is \`${id}\``);

/** Lets the local models play the planner and the executors of the story, and tells each of their turns. */
export function castModels(models: LocalModels, log: Log): void {
  models.script((r) => isPlanner(r) && saidTo(r).includes(ISSUE.title), playing('planner', PLANNER_TURNS, log));
  for (const [id, turns] of Object.entries(EXECUTOR_TURNS)) models.script(isExecutorOf(id), playing(id, turns, log));
}

export function playing(name: string, turns: readonly ScriptedTurn[], log: Log) {
  return (request: SeenRequest, nth: number): ScriptedTurn => {
    for (const answer of worthTelling(request)) log(name, `gets back: ${answer}`);
    const turn = turns[nth] ?? { text: 'I have nothing more to say.' };
    log(name, `turn ${nth + 1}: ${(turn.calls ?? []).map(shown).join(', ') || turn.text}`);
    return turn;
  };
}

const TOLD_OF_AN_ANSWER = 280;

/** The program's refusals of calls in the turn before, and its answers to submitted plans. */
function worthTelling({ messages }: SeenRequest): string[] {
  const [asked, answered] = messages.slice(-2);
  if (asked?.role !== 'assistant' || answered?.role !== 'tools') return [];
  const plans = new Set(asked.calls.filter((call) => call.name === 'submit_plan').map((call) => call.id));
  return answered.results
    .filter((result) => result.is_error || plans.has(result.call_id))
    .map((result) => result.content.replace(/\s+/g, ' '))
    .map((text) => (text.length > TOLD_OF_AN_ANSWER ? `${text.slice(0, TOLD_OF_AN_ANSWER)}...` : text));
}

function shown({ name, input }: NonNullable<ScriptedTurn['calls']>[number]): string {
  const { path, pattern } = input as { path?: string; pattern?: string };
  return `${name}${pattern ? ` ${pattern}` : path ? ` ${path}` : ''}`;
}
