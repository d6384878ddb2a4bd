// `npm run tour`: plays one issue on the local GitHub and writes docs/tour.md from what stands there, exactly as the bot wrote it. What
// differs from run to run (commit ids, seconds) stays as it came.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { castModels, isExecutorOf } from '../demo/cast.ts';
import { ISSUE, REPOSITORY } from '../demo/script/issue.ts';
import { saidTo } from '../test/support/models/seen-request.ts';
import { reviewed } from '../test/support/reviewed-pull.ts';
import { openStage } from '../test/support/stage.ts';
import { openIssue, type TaskPage } from '../test/support/task-page.ts';

const ROOT = join(import.meta.dirname, '..');
const BUCKET = 'src/limit/token-bucket.js';

const REVIEW = {
  text: 'Two things before this goes in.',
  unit: 'Please say what the wait is rounded to.',
  bound: 'Is 10,000 not a lot for our small machine? Make it 1,000.',
};
const REVISION = [
  {
    calls: [
      {
        name: 'edit_file',
        input: {
          path: BUCKET,
          old_text: '    /** Takes one token for `key` at `nowMs`, in milliseconds. */',
          new_text:
            '    /** Takes one token for `key` at `nowMs`, in milliseconds. The wait is given in whole seconds, rounded up. */',
        },
      },
    ],
  },
  {
    calls: [
      {
        name: 'finish',
        input: {
          summary:
            '1. Both comments are answered below.\n2. The comment of `take` now says whole seconds, rounded up.\n3. Unchanged at 10,000: the contract names that number, and a bucket is two numbers, so all of them take about 2 MB. `/replan` can change it.',
        },
      },
    ],
  },
];

const stage = await openStage({ CHECKS_GRACE_SECONDS: '0' });
try {
  castModels(stage.models, () => {});
  stage.models.script((r) => isExecutorOf('token-bucket')(r) && saidTo(r).includes(REVIEW.unit), REVISION);
  writeFileSync(join(ROOT, 'docs/tour.md'), await tour());
  console.log('docs/tour.md is written.');
} finally {
  await stage.close();
}

async function tour(): Promise<string> {
  const repository = await stage.github.addRepository({ ...REPOSITORY, files: repositoryFiles() });
  const page = await openIssue({ github: stage.github, repository, ...ISSUE });
  await page.label('mara', 'plan');
  const inReview = await page.statusIs('review');
  const plan = await page.pull('plan');

  await page.approve('mara', plan.number);
  await stage.github.until(
    'both to be ready',
    async () => (await replies(page, (await page.pull('client-key')).number)).length > 0,
  );
  const executing = await page.statusSays(/review and merge #\d+ and #\d+/);
  const opened = await stage.github.until('it to know its siblings', async () => {
    const seen = await page.pull('token-bucket');
    return seen.body.includes('`client-key`: #') && seen;
  });
  const [ready = ''] = await stage.github.until('it to be ready', async () => {
    const said = await replies(page, opened.number);
    return said.length > 0 && said;
  });

  const pull = reviewed(stage, page, opened, BUCKET);
  const lines = readFileSync(join(ROOT, 'demo/written', BUCKET), 'utf8').split('\n');
  const lineOf = (text: string): number => lines.findIndex((line) => line.includes(text)) + 1;
  await pull.review(
    'jonas',
    'REQUEST_CHANGES',
    REVIEW.text,
    [lineOf('Takes one token'), REVIEW.unit],
    [lineOf('maxClients = '), REVIEW.bound],
  );
  const account = await pull.account();
  const threads = await stage.github.until('every conversation to be answered', async () => {
    const all = Object.entries(await pull.threads());
    return all.length === 2 && all.every(([, answers]) => answers.length > 0) && all;
  });

  for (const id of ['token-bucket', 'client-key', 'limit-links']) {
    await page.statusSays(new RegExp(`\`${id}\` \\| open`));
    await page.merge('mara', (await page.pull(id)).number, 'squash');
  }
  const done = await page.statusIs('done');

  return [
    '# A tour',
    'One issue from the label to the end, as Planwright wrote it on a local GitHub. `npm run tour` plays it and writes this page. The models follow a script, so their figures are small; everything else is the real program.',
    '## The issue',
    `**${ISSUE.title}** (#${page.issue}), by rita`,
    quoted(ISSUE.body),
    'mara, who owns the repository, puts the label `plan` on it.',
    '## The plan arrives',
    `**${plan.title}**, #${plan.number}`,
    quoted(plan.body),
    'The status comment on the issue then:',
    quoted(inReview),
    '## Components are implemented',
    'mara approves the pull request. Two components start at once, and the third waits for them:',
    quoted(executing),
    "## A component's pull request",
    `**${opened.title}**, #${opened.number}, a draft at first`,
    quoted(opened.body),
    'This repository has no CI:',
    quoted(ready),
    '## A review round',
    `jonas requests changes on #${opened.number}:`,
    quoted(REVIEW.text),
    'with two comments on lines. Planwright makes one commit and answers on the pull request:',
    quoted(account),
    'and in each conversation:',
    ...threads.flatMap(([said, [answer = '']]) => [
      quoted(`**jonas**: ${said}`),
      quoted(`**planwright**: ${answer.replace(/^planwright\[bot\]: /, '')}`),
    ]),
    '## The end',
    'mara merges the three pull requests one after the other:',
    quoted(done),
    '',
  ].join('\n\n');
}

/** The demo's repository, with the settings' defaults. */
function repositoryFiles(): Record<string, string> {
  const dir = join(ROOT, 'demo/repository');
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((f) => join(f.parentPath, f.name)).filter((path) => !path.endsWith('planwright.yml'));
  return {
    ...Object.fromEntries(paths.map((path) => [relative(dir, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')])),
    '.github/planwright.yml': 'plan: { final_review: false }\n',
  };
}

async function replies(page: TaskPage, number: number): Promise<string[]> {
  const said = (await page.comments(number)).filter((c) => c.login === 'planwright[bot]');
  return said.map((c) => c.body);
}

/** Without the markers, which GitHub does not show. */
function quoted(body: string): string {
  const seen = body
    .replace(/<!--.*?-->\n?/gs, '')
    .replaceAll(stage.github.url, 'https://github.com')
    .trim();
  return seen
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}
