import type { Logger } from 'pino';
import { SILENT, type Telemetry } from '../../ports/telemetry.ts';
import { logOccurrence } from './log-occurrences.ts';
import type { Metrics } from './metrics.ts';
import type { Traces } from './traces.ts';

/** Everything that happens is counted and logged; with `traces` it is also traced. Telling of something never makes it fail. */
export function createTelemetry(log: Logger, metrics: Pick<Metrics, 'report'>, traces: Traces | null): Telemetry {
  return {
    report(what) {
      try {
        metrics.report(what);
        logOccurrence(log, what);
      } catch (error) {
        log.error({ err: error, kind: what.kind }, 'What happened could not be counted');
      }
    },
    span: traces ? traces.span : SILENT.span,
  };
}
