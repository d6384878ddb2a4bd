import { DBOS } from '@dbos-inc/dbos-sdk';
import { type Attributes, SILENT, type Span, type Telemetry } from '../../ports/telemetry.ts';
import { isStop } from './failure.ts';
import { outside } from './outside.ts';

let telemetry: Telemetry = SILENT;

/** Before the launch, because the launch continues what an earlier process left. */
export function configureTelemetry(other: Telemetry): void {
  telemetry = other;
}

/** What is told of each run of a workflow. */
export interface RunDescription<W> {
  /** The workflow's permanent name. */
  readonly name: string;
  readonly queue: string;
  /** For its trace: whose work it is, and what led to it. */
  readonly about: (input: W) => Attributes;
  /** For how long this input has been due, in milliseconds; null where it cannot be told. The engine is asked where this is missing. */
  readonly waited?: (input: W) => number | null;
}

/** Runs a workflow's body as a trace of its own. A run that another process continues is another trace with the same attributes. */
export function observedRun<W, R>(
  { name, queue, about, waited }: RunDescription<W>,
  input: W,
  run: () => Promise<R>,
): Promise<R> {
  const workflow = DBOS.workflowID ?? '';
  const began = performance.now();
  const due = waited?.(input) ?? null;
  if (due !== null) telemetry.report({ kind: 'dequeued', queue, waited: due });
  else if (!waited) void reportWait(workflow, queue);
  const attributes = { 'planwright.workflow': workflow, ...about(input) };
  return telemetry.span({ name: `workflow ${name}`, kind: 'root', attributes }, async (span) => {
    try {
      const result = await run();
      ended(span, outcomeOf(result));
      return result;
    } catch (error) {
      ended(span, isStop(error) ? 'stopped' : 'crashed');
      throw error;
    }
  });

  function ended(span: Span, outcome: string): void {
    span.set({ 'planwright.outcome': outcome });
    telemetry.report({ kind: 'workflow', name, outcome, ms: performance.now() - began });
  }
}

/** Results of work name their kind. */
const outcomeOf = (result: unknown): string =>
  typeof result === 'object' && result !== null && 'kind' in result && typeof result.kind === 'string' ? result.kind : 'done';

/** Not a step, and nothing waits for it. What was recovered has waited for a process, not for its queue. */
async function reportWait(workflow: string, queue: string): Promise<void> {
  const status = await outside(() => DBOS.getWorkflowStatus(workflow)).catch(() => null);
  if (!status || (status.recoveryAttempts ?? 0) > 1) return;
  const since = Math.max(status.createdAt, status.delayUntilEpochMS ?? 0);
  telemetry.report({ kind: 'dequeued', queue, waited: (status.dequeuedAt ?? Date.now()) - since });
}

/** A step that really runs, as a span of its workflow; what is given from the record is none. */
export const observedStep = <T>(name: string, run: () => Promise<T>): Promise<T> =>
  telemetry.span({ name: `step ${name.replace(/ \d.*$/, '')}`, attributes: { 'planwright.step': name } }, run);
