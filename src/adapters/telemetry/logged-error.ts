import { stdSerializers } from 'pino';
import { IntakeError } from '../../ports/intake.ts';

/**
 * An error as a line of the log shows it. Octokit hangs the whole delivery on what a handler throws: people's words have no place in a log,
 * and to redact them takes milliseconds, in which a database that cannot keep up with deliveries falls back further. For the same reason a delivery
 * that was not recorded is logged without a stack.
 */
export function loggedError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { event, stack, aggregateErrors, ...rest } = stdSerializers.err(error) as ReturnType<typeof stdSerializers.err> & {
    readonly event?: unknown;
    readonly aggregateErrors?: readonly unknown[];
  };
  const inner = error instanceof AggregateError ? { aggregateErrors: error.errors.map(loggedError) } : {};
  return error instanceof IntakeError ? { ...rest, ...inner } : { ...rest, stack, ...inner };
}
