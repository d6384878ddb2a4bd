import { addSpend, amountOf, sum } from '../../domain/model/budget.ts';
import type { Work, WorkResult } from '../../domain/task/work.ts';
import type { Telemetry } from '../../ports/telemetry.ts';

/** What a piece of work is, in words of ours and the ids of the plan. */
export const whatOf = (work: Work): string => {
  switch (work.kind) {
    case 'plan':
      return `plan, revision ${work.revision}`;
    case 'component':
      return `${work.job.kind} ${work.component}, attempt ${work.attempt}`;
    case 'ask':
      return 'answer to a question';
    case 'review':
      return 'final review';
  }
};

/** Reports that work has ended, with what it cost. Why something failed is in the task's status: it may quote code. */
export function reportEnded(telemetry: Telemetry, work: Work, workflow: string, result: WorkResult, ms: number): void {
  const spend = addSpend([], result.spend);
  const { usd, tokens } = sum(spend.map(amountOf));
  telemetry.report({
    kind: 'work_ended',
    task: work.task,
    workflow,
    what: whatOf(work),
    result: result.kind,
    pull: 'pull' in result ? result.pull : null,
    turns: spend.reduce((turns, s) => turns + s.turns, 0),
    tokens,
    usd: spend.some((s) => s.usd === null) ? null : usd,
    ms,
  });
}
