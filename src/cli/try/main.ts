import { CommanderError } from 'commander';
import { tryCommand } from './options.ts';
import { runTry } from './run-try.ts';

// What `npm run try` and `node src/start.ts try` run. Commander would end the process with 1 for a wrong option, which here means that the
// work could not be finished.
const args = process.argv.slice(process.argv[2] === 'try' ? 3 : 2);
try {
  await tryCommand(runTry).name('npm run try --').exitOverride().parseAsync(args, { from: 'user' });
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
// The engine's timers and the models' connections must not keep a process whose command has ended.
process.exit();
