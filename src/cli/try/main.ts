import { CommanderError } from 'commander';
import { tryCommand } from './options.ts';
import { runTry } from './run-try.ts';

// What `npm run try` runs. Commander would end the process with 1 for a wrong option, which is our code for work that could not go on.
try {
  await tryCommand(runTry).name('npm run try --').exitOverride().parseAsync(process.argv.slice(2), { from: 'user' });
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
// The engine's timers and the models' connections must not keep a process whose command has ended.
process.exit();
