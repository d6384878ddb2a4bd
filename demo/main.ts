// `npm run demo`: one issue's whole journey on this machine, against a local GitHub and local models, with the bot as a server of its
// own. Needs no credentials and asks nothing. `--keep` leaves everything running afterwards.
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { openStage, type Stage } from '../test/support/stage.ts';
import { bill } from './bill.ts';
import { lastOutput } from './bot-output.ts';
import { castModels } from './cast.ts';
import { runTests } from './ci.ts';
import { logGitHubEvents } from './github-events.ts';
import { addresses } from './keep.ts';
import { saveResult } from './result.ts';
import { playStory } from './story.ts';
import { createTimeline, isColourful } from './timeline.ts';
import { castUnderstudy } from './understudy.ts';

const OUTPUT = join(import.meta.dirname, '../demo-output');
const PEOPLE = ['mara', 'jonas', 'rita'];

const { keep } = readArguments();
const timeline = createTimeline((who) => PEOPLE.includes(who));

timeline.log('demo', 'starts a local GitHub, local models and the bot');
const opening = openStage();
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interrupted) process.exit(130);
    interrupted = true;
    console.log('\nStopping.');
    void opening
      .then((stage) => stage.close())
      .catch(() => {})
      .finally(() => process.exit(130));
  });
}

try {
  const stage = await opening;
  if (!interrupted) await demonstrate(stage);
  if (!interrupted && !keep) await stage.close();
} catch (error) {
  if (!interrupted) await fail(error);
}
if (!keep && !interrupted) process.exit();

function readArguments(): { readonly keep: boolean } {
  try {
    return parseArgs({ options: { keep: { type: 'boolean', default: false } } }).values;
  } catch {
    console.error('Usage: npm run demo [-- --keep]');
    process.exit(2);
  }
}

async function demonstrate(stage: Stage): Promise<void> {
  const { log, heading, show } = timeline;
  log(
    'demo',
    `GitHub at ${stage.github.url}, Planwright at ${stage.bot.url}, its models at ${new URL(stage.models.anthropicUrl).origin}`,
  );
  castUnderstudy(stage.models, log);
  castModels(stage.models, log);
  const hearing = logGitHubEvents(stage.github, log);
  const page = await Promise.race([playStory(stage, log), botEnds(stage)]);
  await hearing.caughtUp();

  const result = await saveResult(stage, page, OUTPUT, isColourful());
  const tests = await runTests(result.clone);
  if (tests.failed > 0) throw new Error(`the tests of the merged repository fail:\n${tests.output}`);
  log('demo', `runs the repository's own tests on the merged main: ${tests.passed} passed, ${tests.failed} failed`);
  writeFileSync(join(OUTPUT, 'timeline.txt'), timeline.told());

  heading('PLAN.md, as it was approved');
  show(result.planFile);
  for (const { number, title, diff } of result.pulls) {
    heading(`#${number} ${title}`);
    show(diff);
  }
  heading('What it cost');
  show(bill(await page.status()));
  show('\nTurns are real; tokens are counted by the local models (four characters each), prices are those of the models named.');
  heading('What is kept');
  show(
    leftovers(
      relative(process.cwd(), OUTPUT) || '.',
      page.repository.name,
      result.pulls.map((p) => p.number),
    ),
  );
  if (keep) {
    heading('Still running');
    show(addresses(stage, page, Math.max(...result.pulls.map((p) => p.number)) + 1));
  }
}

/** Throws when a bot ends that the story did not kill: it would be waited for in vain. */
async function botEnds(stage: Stage): Promise<never> {
  for (;;) {
    const { bot } = stage;
    const code = await bot.exited;
    if (code !== null) throw new Error(`the bot ended with exit code ${code}`);
    await stage.github.until('the bot to be started again', () => stage.bot !== bot);
  }
}

function leftovers(dir: string, name: string, pulls: readonly number[]): string {
  const files = [
    [name, `a clone: git -C ${dir}/${name} log --graph --oneline --all`],
    ['PLAN.md', 'the approved plan'],
    ['issue-1.md', 'the issue with all its comments'],
    ['pull-2.md', "the plan's pull request"],
    ...pulls.map((n) => [`pull-${n}.md`, `a component's pull request; its diff is pull-${n}.diff`]),
    ['timeline.txt', 'the timeline above'],
  ];
  return files.map(([file, what]) => `${`${dir}/${file}`.padEnd(dir.length + 14)}  ${what}`).join('\n');
}

async function fail(error: unknown): Promise<void> {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  const stage = await opening.catch(() => null);
  if (stage) {
    console.error(`\nThe bot's last output:\n${lastOutput(stage.bot.output, 30)}`);
    await stage.close();
  }
  process.exit(1);
}
