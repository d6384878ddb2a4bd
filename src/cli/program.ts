import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { auditCommand } from './audit-command.ts';
import { doctorCommand } from './doctor-command.ts';
import { EXIT } from './exit-codes.ts';
import { exportCommand } from './export-command.ts';
import { serveCommand } from './serve-command.ts';
import { setupCommand } from './setup-command.ts';
import { tryCommand } from './try-command.ts';
import { validateCommand } from './validate-command.ts';

/**
 * Runs one command of `planwright`. What a command needs is imported when it runs: the help must not wait for a database engine.
 * @param args without the program's own path.
 * @returns the exit code, or null when the command started something that ends the process itself.
 */
export async function runProgram(args: readonly string[]): Promise<number | null> {
  let code: number | null = EXIT.usage;
  const end = (given: number | null): void => {
    code = given;
  };
  const program = new Command('planwright')
    .description('A self-hosted GitHub App that plans before it codes.')
    .version(packageJson.version)
    .helpCommand(true)
    .showHelpAfterError('(planwright help shows what there is)')
    .exitOverride();
  for (const command of [
    serveCommand(end),
    setupCommand(end),
    doctorCommand(end),
    validateCommand(end),
    tryCommand(end),
    exportCommand(end),
    auditCommand(end),
  ])
    program.addCommand(command.exitOverride().showHelpAfterError(`(planwright help ${command.name()} shows what there is)`));
  program.addHelpText('after', HELP);
  if (args.length === 0) {
    program.outputHelp({ error: true });
    return EXIT.usage;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander exits with 1 for every error, but here 1 means that a problem was found.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  return code;
}

const HELP = `
Variables are read from the environment and below it from .env (ENV_FILE names another file); docs/hosting.md lists them.
Exit codes: 0 all is well, 1 a problem was found, 2 the command was not understood.`;
