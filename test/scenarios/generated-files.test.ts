import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { zipSync } from 'fflate';
import type { Component } from '../../src/domain/plan/plan.ts';
import type { ScriptedTurn } from '../support/models/scripted-turn.ts';
import { aPlannedIssue, PLAINLY, replies } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';
import type { PullPage } from '../support/task-page.ts';
import { runsWorkflow, type WorkflowRunner } from '../support/workflow-runner.ts';

const FILE = 'planwright-run.yml';
/** The one we offer. */
const WORKFLOW = readFileSync(join(import.meta.dirname, '../../docs/workflows', FILE), 'utf8');
const SETTINGS = PLAINLY.replace(
  'amend: off, draft: false',
  `amend: off, draft: true, workflow: ${FILE}, generated_paths: [package-lock.json, "gen/**"]`,
);

/** A workspace, whose packages npm can lock without a network. */
const manifest = (dependencies: Readonly<Record<string, string>>): string =>
  `${JSON.stringify({ name: 'shop', version: '1.0.0', dependencies }, null, 2)}\n`;
const REPOSITORY = {
  'package.json': manifest({ bucket: 'file:packages/bucket' }),
  'package-lock.json': `${JSON.stringify(
    {
      name: 'shop',
      version: '1.0.0',
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': { name: 'shop', version: '1.0.0', dependencies: { bucket: 'file:packages/bucket' } },
        'node_modules/bucket': { resolved: 'packages/bucket', link: true },
        'packages/bucket': { version: '1.0.0' },
      },
    },
    null,
    2,
  )}\n`,
  'packages/bucket/package.json': `${JSON.stringify({ name: 'bucket', version: '1.0.0' })}\n`,
  'packages/clock/package.json': `${JSON.stringify({ name: 'clock', version: '2.0.0' })}\n`,
  [`.github/workflows/${FILE}`]: WORKFLOW,
};
const BOTH = manifest({ bucket: 'file:packages/bucket', clock: 'file:packages/clock' });

const LIMITER = aComponent('limiter', {
  files: [{ path: 'package.json', action: 'modify', change: 'depends on clock' }],
  acceptance_criteria: ['package.json names clock.'],
});
const finish: ScriptedTurn = { calls: [{ name: 'finish', input: { summary: 'Done.' } }] };
const writing = (content: string): ScriptedTurn[] => [
  { calls: [{ name: 'overwrite_file', input: { path: 'package.json', content } }] },
  finish,
];

let stage: Stage;

beforeAll(async () => {
  // A workflow begins a moment after the push, which a person's push announces at once.
  stage = await openStage({ CHECKS_GRACE_SECONDS: '1' });
});
afterAll(() => stage?.close());

async function aScene(
  settings = SETTINGS,
  files: Readonly<Record<string, string>> = REPOSITORY,
  more: readonly (readonly [Component, readonly ScriptedTurn[]])[] = [],
) {
  const scene = await aPlannedIssue(stage, {
    components: [LIMITER, ...more.map(([component]) => component)],
    settings,
    files,
    executors: Object.fromEntries([['limiter', writing(BOTH)], ...more.map(([{ id }, turns]) => [id, turns] as const)]),
  });
  const { owner, name: repo } = scene.repository;
  const as = (login: string) => stage.github.as(login).rest;
  return {
    ...scene,
    runner: runsWorkflow(stage.github, scene.repository, FILE),
    start: () => scene.approve('wanda', scene.pullOfPlan.number),
    /** Waits until the component's pull request looks like this. */
    pullIs: (what: string, is: (pull: PullPage) => boolean) =>
      stage.github.until(what, async () => (await scene.pulls()).find((p) => p.branch.endsWith('/limiter') && is(p))),
    commits: async (pull: number) =>
      (await as(owner).pulls.listCommits({ owner, repo, pull_number: pull })).data.map(({ commit, sha }) => ({
        sha,
        message: commit.message,
        isVerified: commit.verification?.verified,
      })),
    content: async (path: string, ref: string) => {
      const { data } = await as(owner).repos.getContent({ owner, repo, path, ref });
      return 'content' in data ? Buffer.from(data.content, 'base64').toString() : '';
    },
    /** wanda commits to the component's branch. */
    push: async (path: string, content: string) => {
      const branch = `planwright/issue-${scene.issue}/limiter`;
      const { data } = await as('wanda').repos.getContent({ owner, repo, path, ref: branch });
      const sha = 'sha' in data ? data.sha : '';
      const encoded = Buffer.from(content).toString('base64');
      await as('wanda').repos.createOrUpdateFileContents({
        owner,
        repo,
        path,
        branch,
        message: 'By hand',
        content: encoded,
        sha,
      });
    },
    scopeAt: async (ref: string) =>
      stage.github.until('the check', async () => {
        const { data } = await as(owner).checks.listForRef({ owner, repo, ref });
        return data.check_runs.find((run) => run.name === 'planwright / scope' && run.status === 'completed')?.conclusion;
      }),
    /** What the bot said on the component's pull request. */
    said: async (number: number) =>
      stage.github.until('a word on the pull request', async () => (await replies(scene, number)).at(-1)),
  };
}

const patchOf = (path: string, content: string): string =>
  `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${content.split('\n').length} @@\n${content.replace(/^/gm, '+')}\n`;
const zipped = (patch: string, name = 'planwright.patch'): Buffer =>
  Buffer.from(zipSync({ [name]: new TextEncoder().encode(patch) }));
/** A run that succeeds and has uploaded this. */
const uploading =
  (
    bytes: Buffer,
    more: { artifact?: string; claims?: number; expired?: boolean } = {},
  ): Parameters<WorkflowRunner['instead']>[0] =>
  async (id) => {
    stage.github.actions.upload(id, more.artifact ?? 'planwright-patch', bytes, more);
    return 'success';
  };

describe('a component that changes dependencies', () => {
  it.concurrent('gets the lockfile that the workflow makes, before it is ready; a later change gets another, a correction by hand stays', async () => {
    const scene = await aScene();
    await scene.start();
    const ready = await scene.pullIs(
      'a ready pull request with its lockfile',
      (p) => !p.draft && p.files.includes('package-lock.json'),
    );
    expect(ready.files).toEqual(['package-lock.json', 'package.json']);
    const lock = await scene.content('package-lock.json', ready.head);
    expect(JSON.parse(lock).packages['packages/clock']).toMatchObject({ version: '2.0.0' });
    const commits = await scene.commits(ready.number);
    expect(commits).toHaveLength(2);
    expect(commits[1]).toMatchObject({
      isVerified: true,
      message: expect.stringMatching(/^Update generated files\n\nMade by http\S+\/actions\/runs\/\d+\n/),
    });
    expect(await scene.scopeAt(ready.head)).toBe('success');
    expect(await replies(scene, ready.number)).toEqual([]);
    // The push of the lockfile has run it as well, and nobody has looked at that.
    expect(scene.runner.runs.map((run) => run.head)).toEqual(commits.map(({ sha }) => sha));
    const looks = () =>
      stage.github.requests.filter((r) => r.path.startsWith(`/repos/${scene.repository.fullName}/actions/artifacts/`)).length;
    expect(looks()).toBe(1);

    scene.executorDoes('limiter', writing(manifest({ clock: 'file:packages/clock' })));
    await scene.comment('wanda', '/revise drop bucket', ready.number);
    const again = await scene.pullIs(
      'another lockfile',
      (p) => p.head !== ready.head && !commits.some((c) => c.sha === p.head) && !p.draft,
    );
    const last = await stage.github.until('the second lockfile', async () => {
      const all = await scene.commits(again.number);
      return all.length === 4 && all.at(-1);
    });
    expect(last.message).toMatch(/^Update generated files/);
    expect(Object.keys(JSON.parse(await scene.content('package-lock.json', last.sha)).packages)).not.toContain('packages/bucket');
    expect(looks()).toBe(2);

    // What a person corrects by hand stays, though the workflow would make something else of it.
    const corrected = `${(await scene.content('package-lock.json', last.sha)).trimEnd()}\n\n`;
    await scene.push('package-lock.json', corrected);
    const pushed = await scene.pullIs('the push', (p) => p.head !== last.sha);
    await stage.github.until('its run', () => scene.runner.runs.find((run) => run.head === pushed.head)?.conclusion);
    await scene.settled();
    expect((await scene.pull('limiter')).head).toBe(pushed.head);
    expect(looks()).toBe(2);
  });
});

describe('a workflow that', () => {
  it.concurrent('uploads what cannot be used changes nothing, and the pull request says why', async () => {
    const scene = await aScene();
    scene.runner.instead(async () => 'success');
    await scene.start();
    const pull = await scene.pullIs('a ready pull request', (p) => !p.draft);
    const says = (why: string) =>
      stage.github.until(why, async () => (await replies(scene, pull.number)).find((text) => text.includes(why)));
    await says('it uploaded no artifact `planwright-patch`');
    const link = '@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n';
    const table: readonly (readonly [string, Parameters<WorkflowRunner['instead']>[0]])[] = [
      ['is larger than 10 MB', uploading(Buffer.from('x'), { claims: 4_000_000_000 })],
      ['has expired', uploading(zipped('x'), { expired: true })],
      ['git cannot apply it', uploading(zipped('Hello.\n'))],
      [
        'src/evil.js is not among the files of component limiter',
        uploading(zipped(patchOf('src/evil.js', 'x') + patchOf('gen/a.js', 'x'))),
      ],
      ['gen/package-lock.json is a sensitive file', uploading(zipped(patchOf('gen/package-lock.json', '{}')))],
      [
        'gen/l would become a symbolic link',
        uploading(zipped(`diff --git a/gen/l b/gen/l\nnew file mode 120000\n--- /dev/null\n+++ b/gen/l\n${link}`)),
      ],
    ];
    for (const [nth, [why, instead]] of table.entries()) {
      scene.runner.instead(instead);
      await scene.push('package.json', BOTH.replace('1.0.0', `1.0.${nth + 1}`));
      await says(why);
    }
    const last = await scene.pull('limiter');
    expect(last.files).toEqual(['package.json']);
    expect(await scene.commits(last.number)).toHaveLength(1 + table.length);
    expect(last.draft).toBe(false);
  });

  it.concurrent('never ends is given up, does not run or is switched off is not waited for', async () => {
    const endless = await aScene();
    endless.runner.instead(async () => null);
    const off = await aScene();
    stage.github.actions.enableWorkflow(off.repository.fullName, FILE, false);
    const missing = await aScene(SETTINGS.replace(FILE, 'another.yml'));
    missing.runner.instead(async () => 'success');
    await Promise.all([endless, off, missing].map((scene) => scene.start()));
    const said = await Promise.all(
      [endless, missing, off].map(async (scene) => scene.said((await scene.pull('limiter')).number)),
    );
    expect(said[0]).toMatch(
      /^\[This run\]\(http\S+\/actions\/runs\/\d+\) of `\.github\/workflows\/planwright-run\.yml` .* takes too long/,
    );
    expect(said[1]).toContain('`.github/workflows/another.yml` (`execution.workflow`) does not exist');
    expect(said[2]).toContain('`.github/workflows/planwright-run.yml` (`execution.workflow`) is disabled');
    await missing.pullIs('a ready pull request', (p) => !p.draft);
  });
});

it('a component that is moved onto its merged parent gets its lockfile again instead of a conflict', async () => {
  const second = aComponent('second', {
    depends_on: ['limiter'],
    files: [{ path: 'package.json', action: 'modify', change: 'depends on gauge' }],
    acceptance_criteria: ['package.json names gauge.'],
  });
  const all = manifest({ bucket: 'file:packages/bucket', clock: 'file:packages/clock', gauge: 'file:packages/gauge' });
  const scene = await aScene(
    SETTINGS,
    { ...REPOSITORY, 'packages/gauge/package.json': `${JSON.stringify({ name: 'gauge', version: '3.0.0' })}\n` },
    [[second, writing(all)]],
  );
  await scene.start();
  const first = await scene.pullIs('its lockfile', (p) => !p.draft && p.files.includes('package-lock.json'));
  await stage.github.until("the second one's lockfile", async () =>
    (await scene.pulls()).find((p) => p.branch.endsWith('/second') && p.files.includes('package-lock.json')),
  );
  await scene.merge('wanda', first.number, 'squash');
  const moved = await stage.github.until('the second one, moved', async () =>
    (await scene.pulls()).find(
      (p) => p.branch.endsWith('/second') && p.base === 'main' && !p.draft && p.files.includes('package-lock.json'),
    ),
  );
  const lock = JSON.parse(await scene.content('package-lock.json', moved.head));
  expect(Object.keys(lock.packages)).toEqual(expect.arrayContaining(['packages/bucket', 'packages/clock', 'packages/gauge']));
  expect(moved.files).toEqual(['package-lock.json', 'package.json']);
  expect(await scene.scopeAt(moved.head)).toBe('success');
});
