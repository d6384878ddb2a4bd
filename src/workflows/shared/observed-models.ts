import { chargesOfAnswer } from '../../agent/budget/charges-of-answer.ts';
import { costOf } from '../../domain/model/charge.ts';
import { failure } from '../../domain/outcome.ts';
import { taskKey } from '../../domain/task/task.ts';
import type { Work } from '../../domain/task/work.ts';
import type { Models } from '../../ports/model.ts';
import type { ModelRole } from '../../ports/telemetry.ts';
import type { WorkflowPorts } from './ports.ts';

/** Questions and the final review are the planner's. */
const roleOf = ({ kind }: Pick<Work, 'kind'>): ModelRole => (kind === 'component' ? 'executor' : 'planner');

/** The models of one piece of work; each turn is reported with what it cost. The span follows OpenTelemetry's names for models. */
export function observedModels(
  { models, telemetry, priceOf, clock }: WorkflowPorts,
  work: Pick<Work, 'kind' | 'task'>,
  workflow: string,
): Models {
  const { task } = work;
  const role = roleOf(work);
  return {
    ...models,
    turn(request) {
      const { model } = request;
      const attributes = {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': model.split('/', 1)[0] ?? null,
        'gen_ai.request.model': model,
        'planwright.task': taskKey(task),
        'planwright.role': role,
      };
      return telemetry.span({ name: `chat ${role}`, kind: 'client', attributes }, async (span) => {
        const began = clock.now();
        const answer = await models.turn(request);
        const charges = chargesOfAnswer(answer);
        const { usage, usd } = costOf(charges, priceOf);
        const of = { kind: 'turn', task, workflow, role, ms: clock.now() - began } as const;
        if (charges.length > 0)
          span.set({
            'gen_ai.usage.input_tokens': usage.input + usage.cache_read + usage.cache_write,
            'gen_ai.usage.output_tokens': usage.output,
            'planwright.cost_usd': usd,
          });
        if (!answer.ok) {
          const cost = charges.length === 0 ? { usage: null, usd: null } : { usage, usd };
          telemetry.report({ ...of, ...cost, model, failure: answer.reason.kind, calls: 0 });
          span.set({ 'error.type': answer.reason.kind });
          return failure(answer.reason);
        }
        const { calls, model: answered } = answer.value;
        telemetry.report({ ...of, model: answered, usage, failure: null, usd, calls: calls.length });
        span.set({
          'gen_ai.response.model': answered,
          'planwright.calls': calls.length,
        });
        return answer;
      });
    },
  };
}
