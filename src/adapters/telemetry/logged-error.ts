import { stdSerializers } from 'pino';
import { IntakeError } from '../../ports/intake.ts';

/**
 * An error as a line of the log shows it. Octokit hangs the whole delivery on what a handler throws: people's words have no place in a log,
 * and to redact them takes milliseconds, in which a database that cannot keep up with deliveries falls back further. For the same reason a delivery
 * that was not recorded is told in few words; where it happened is known.
 */
export function loggedError(error: Error): object {
  const { event, stack, ...rest } = stdSerializers.err(error) as ReturnType<typeof stdSerializers.err> & {
    readonly event?: unknown;
  };
  return error instanceof IntakeError ? rest : { ...rest, stack };
}
