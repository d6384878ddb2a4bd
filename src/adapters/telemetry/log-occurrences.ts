import type { Logger } from 'pino';
import { taskKey } from '../../domain/task/task.ts';
import type { Occurrence } from '../../ports/telemetry.ts';

interface Line {
  readonly level: 'info' | 'debug';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/**
 * One line for each thing that happened: `task` (OWNER/NAME#N), `who`, `what`, `result`, `usd`, and `delivery` and `workflow` to follow it by. What
 * happens many times for one of these things, and what came to nothing, is `debug`; null: it is only counted.
 */
export function lineFor(what: Occurrence): Line | null {
  switch (what.kind) {
    case 'signal': {
      const { task, delivery, signal, who, result, did } = what;
      return {
        // A hint that was seen already, or a sweep's, from which nothing followed.
        level: who === null && did.length === 0 ? 'debug' : 'info',
        fields: { task: taskKey(task), ...(delivery === null ? {} : { delivery }), who, what: signal, result, did },
        message: 'signal handled',
      };
    }
    case 'work_started':
      return info({ task: taskKey(what.task), workflow: what.workflow, what: what.what }, 'work started');
    case 'work_ended': {
      const { kind: _, task, ms, ...more } = what;
      return info({ task: taskKey(task), ...more, ms: Math.round(ms) }, 'work ended');
    }
    case 'turn': {
      const { task, workflow, role, model, ms, usage, failure, usd, calls } = what;
      const { input, cache_read, cache_write, output } = usage ?? {};
      const tokens = usage && { input, cache_read, cache_write, output };
      const result = failure ?? (calls === 0 ? 'text' : `${calls} calls`);
      return info({ task: taskKey(task), workflow, who: model, what: `${role}'s turn`, result, tokens, usd, ms }, 'model turn');
    }
    case 'repository': {
      const { repository, delivery, what: happened } = what;
      return info({ repository, ...(delivery === null ? {} : { delivery }), what: happened }, 'repository event handled');
    }
    case 'pruned': {
      const { what: rows, removed, ms } = what;
      return removed === 0 ? null : info({ what: rows, removed, ms: Math.round(ms) }, 'pruned');
    }
    case 'delivery':
      return debug({ outcome: what.outcome, event: what.event, ms: Math.round(what.ms), lag: what.lag }, 'delivery answered');
    case 'workflow':
      return debug({ what: what.name, result: what.outcome, ms: Math.round(what.ms) }, 'workflow ended');
    case 'github_request':
    case 'model_request':
    case 'dequeued':
      return null;
  }
}

const info = (fields: Line['fields'], message: string): Line => ({ level: 'info', fields, message });
const debug = (fields: Line['fields'], message: string): Line => ({ level: 'debug', fields, message });

export function logOccurrence(log: Logger, what: Occurrence): void {
  const line = lineFor(what);
  if (line) log[line.level](line.fields, line.message);
}
