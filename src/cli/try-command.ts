import { Command, InvalidArgumentError } from 'commander';
import { isModelName } from '../settings/model-name.ts';
import type { End } from './exit-codes.ts';
import type { TryOptions } from './try/options.ts';

export function tryCommand(end: End): Command {
  return new Command('try')
    .description('plan and implement an issue on your own repository, on branches of its own, without GitHub')
    .option('--repo <path>', 'the repository', '.')
    .option('--issue <text|file>', 'what is wanted: a text, a file, or - for the input; the first line is the title')
    .option(
      '--resume [number]',
      'continue the latest try of this repository (of this issue, if one is given), or the one of this number',
      wholeNumber,
    )
    .option('--yes', 'approve the plan without asking', false)
    .option('--models <planner[,executor]>', 'the same as --planner and --executor', modelPair)
    .option('--planner <model>', 'provider/model-id that plans (else PLANNER_MODEL)', modelName)
    .option('--executor <model>', 'provider/model-id that implements (else EXECUTOR_MODEL)', modelName)
    .option('--max-usd <amount>', 'what this try may cost in all (else budget.usd_per_task of the settings: 10)', dollars)
    .option('--ask <question>', 'ask the planner about the plan')
    .option('--replan [feedback]', 'have the plan made again, with this feedback, or with your answers to its questions')
    .option('--interactive', 'ask also where the input is no terminal', false)
    .option('--json', 'print one JSON object per line, for programs', false)
    .addHelpText('after', HELP)
    .action(async (given: TryOptions & { models?: readonly [string, string] }) => {
      const { models, ...options } = given;
      const [planner, executor] = models ?? [];
      const { runTry } = await import('./try/run-try.ts');
      const code = await runTry({
        ...options,
        ...(planner && !options.planner ? { planner } : {}),
        ...(executor && !options.executor ? { executor } : {}),
      });
      end(code);
      // The engine's timers and the models' connections must not keep a process whose command has ended.
      process.exit(code);
    });
}

const HELP = `
Needs one provider: ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY, or COMPATIBLE_BASE_URL for any server that speaks
OpenAI's chat completions (with Ollama: http://127.0.0.1:11434/v1, and --models compatible/MODEL).

Nothing is checked out and your working tree is never touched. Everything is kept under your cache folder
(XDG_CACHE_HOME or ~/.cache), and --resume continues from there without paying for a recorded turn again.

Exit codes: 0 done, or the plan waits for you; 1 it could not continue; 2 wrong usage; 130 interrupted.`;

function modelName(text: string): string {
  if (!isModelName(text))
    throw new InvalidArgumentError('A model is named provider/model-id, anthropic/claude-haiku-5-5 for example.');
  return text;
}

function modelPair(text: string): readonly [string, string] {
  if (text === 'scripted')
    throw new InvalidArgumentError('The scripted models belong to the demo of a clone: npm run try -- --models scripted');
  const [planner = '', executor = planner, ...more] = text.split(',').map((name) => name.trim());
  if (more.length > 0) throw new InvalidArgumentError('At most two models: the planner, a comma, the executor.');
  return [modelName(planner), modelName(executor)];
}

function dollars(text: string): number {
  const amount = Number(text.replace(/^\$/, ''));
  if (text.trim() === '' || !(amount > 0) || !Number.isFinite(amount))
    throw new InvalidArgumentError('An amount in dollars, 2.50 for example.');
  return amount;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('The number of a try, as it was printed at its start.');
  return Number(text);
}
