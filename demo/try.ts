// `npm run try`: the command itself. With `--models scripted` the models are local servers that play the demo's story, so that it can be
// watched without a key; without `--repo` it is played on a copy of the demo's repository, which is kept.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalModels } from '../test/support/models/local-models.ts';
import { castModels } from './cast.ts';
import { ISSUE } from './script/issue.ts';
import { castUnderstudy } from './understudy.ts';

const PROGRAM = join(import.meta.dirname, '../src/start.ts');

const args = process.argv.slice(2);
const at = args.findIndex((arg) => arg === '--models' || arg.startsWith('--models='));
const scripted = at !== -1 && (args[at] === '--models=scripted' || args[at + 1] === 'scripted');
if (scripted) await runScripted(args.toSpliced(at, args[at] === '--models' ? 2 : 1));
else process.exit(await run(args, process.env));

async function runScripted(rest: readonly string[]): Promise<never> {
  const models = await startLocalModels();
  const silent = () => {};
  castUnderstudy(models, silent);
  castModels(models, silent);
  const has = (option: string): boolean => rest.some((arg) => arg === option || arg.startsWith(`${option}=`));
  const more = [
    ...(has('--repo') ? [] : ['--repo', copyOfTheDemo()]),
    ...(has('--issue') || has('--resume') ? [] : ['--issue', `${ISSUE.title}\n\n${ISSUE.body}`]),
  ];
  const env = { ...process.env, ANTHROPIC_BASE_URL: models.anthropicUrl, ANTHROPIC_API_KEY: 'scripted-models-want-any-key' };
  const code = await run([...rest, ...more], env);
  await models.close();
  process.exit(code);
}

async function run(given: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  // Ctrl-C reaches the command as well, which ends when it has kept what is recorded.
  process.on('SIGINT', () => {});
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM, 'try', ...given], {
    env,
    stdio: 'inherit',
  });
  return new Promise((resolve) => child.once('exit', (status) => resolve(status ?? 1)));
}

function copyOfTheDemo(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'planwright-try-')), 'hop');
  cpSync(join(import.meta.dirname, 'repository'), path, { recursive: true });
  const git = (...command: string[]) => execFileSync('git', ['-C', path, ...command], { stdio: 'ignore' });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('-c', 'user.name=Mara', '-c', 'user.email=mara@example.com', 'commit', '--quiet', '--message', 'hop, a link shortener');
  return path;
}
