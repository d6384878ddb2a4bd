import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CheckReport } from '../../../../src/ports/forge/checks.ts';
import { APP_ID, page, type ScriptedGitHub, type Seen, startScriptedGitHub } from '../scripted-github.ts';

const NAME = 'planwright / plan';
const LIST = 'GET /repos/acme/rocket/commits/abc/check-runs';
const CREATE = 'POST /repos/acme/rocket/check-runs';
const UPDATE = 'PATCH /repos/acme/rocket/check-runs/5';

const annotations = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ path: 'PLAN.md', line: i + 1, level: 'failure' as const, message: `finding ${i}` }));
const report = (more: Partial<CheckReport> = {}): CheckReport => ({
  name: NAME,
  externalId: 'plan:abc',
  conclusion: 'success',
  title: 'Sound',
  summary: 'All is well.',
  annotations: [],
  ...more,
});
const run = (more: object = {}) => ({
  id: 5,
  name: NAME,
  status: 'completed',
  conclusion: 'success',
  completed_at: '2026-11-23T09:00:00Z',
  external_id: 'another report',
  app: { id: APP_ID },
  output: { title: 'Sound', annotations_count: 0 },
  ...more,
});
const runs = (...pages: object[][]) => page(pages, (items) => ({ total_count: 99, check_runs: items }));

let github: ScriptedGitHub;
beforeEach(async () => {
  github = await startScriptedGitHub();
  github.on(CREATE, { status: 201, body: { id: 5 } });
  github.on(UPDATE, { body: { id: 5 } });
});
afterEach(() => github.close());

const writes = () => github.calls().filter((call) => !call.startsWith('GET'));
const lines = (seen: Seen | undefined) => seen?.body.output.annotations.map((a: { start_line: number }) => a.start_line);

test("runs are listed page by page; another App's is not its own", async () => {
  github.on(LIST, runs([run({ id: 3, app: { id: 1 } })], [run({ id: 8 }), run({ id: 6, name: 'other' })]));
  expect(await github.rocket.ownChecks('abc')).toMatchObject([{ id: 8, name: NAME }, { id: 6 }]);
});

test("its own runs are asked for by the App's number, the latest of each name", async () => {
  github.on(LIST, runs([run({ id: 3 }), run({ id: 4, name: 'planwright / scope' })], [run({ id: 8, conclusion: 'failure' })]));
  expect(await github.rocket.ownChecks('abc')).toMatchObject([
    { id: 8, name: NAME, conclusion: 'failure' },
    { id: 4, name: 'planwright / scope' },
  ]);
  expect(github.sent(LIST)[0]?.query).toMatchObject({ app_id: String(APP_ID), filter: 'latest' });
});

describe('reporting', () => {
  test('for the first time creates a completed run', async () => {
    github.on(LIST, runs([run({ app: { id: 1 } })]));
    await github.rocket.reportCheck('abc', report());
    expect(writes()).toEqual([CREATE]);
    expect(github.sent(CREATE)[0]?.body).toMatchObject({
      name: NAME,
      head_sha: 'abc',
      status: 'completed',
      conclusion: 'success',
    });
    // GitHub's clock says when, not ours.
    expect(github.sent(CREATE)[0]?.body).not.toHaveProperty('completed_at');
  });

  test('the same again writes nothing', async () => {
    github.on(LIST, runs([]));
    await github.rocket.reportCheck('abc', report());
    github.on(LIST, runs([run({ external_id: github.sent(CREATE)[0]?.body.external_id })]));
    await github.rocket.reportCheck('abc', report());
    expect(writes()).toEqual([CREATE]);
  });

  test('another verdict updates the run, and GitHub says since when it holds', async () => {
    github.on(LIST, runs([run({ conclusion: 'failure' })]));
    await github.rocket.reportCheck('abc', report());
    expect(writes()).toEqual([UPDATE]);
    expect(github.sent(UPDATE)[0]?.body).not.toHaveProperty('completed_at');
  });

  test('the same verdict in other words keeps the time since which it holds', async () => {
    github.on(LIST, runs([run()]));
    await github.rocket.reportCheck('abc', report());
    expect(github.sent(UPDATE)[0]?.body.completed_at).toBe('2026-11-23T09:00:00Z');
  });

  test('over a run with other annotations makes a new one, because those cannot be taken back', async () => {
    github.on(LIST, runs([run({ conclusion: 'failure', output: { annotations_count: 2 } })]));
    await github.rocket.reportCheck('abc', report());
    expect(writes()).toEqual([CREATE]);
  });

  test('120 annotations takes three requests, and only the last completes the run', async () => {
    github.on(LIST, runs([]));
    await github.rocket.reportCheck('abc', report({ conclusion: 'failure', annotations: annotations(120) }));
    expect(writes()).toEqual([CREATE, UPDATE, UPDATE]);
    const sent = [...github.sent(CREATE), ...github.sent(UPDATE)];
    expect(sent.map(({ body }) => [body.status, body.output.annotations.length])).toEqual([
      ['in_progress', 50],
      ['in_progress', 50],
      ['completed', 20],
    ]);
    expect(sent.flatMap(lines)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
  });

  test('goes on where a killed process stopped, without saying anything twice', async () => {
    const long = report({ conclusion: 'failure', annotations: annotations(70) });
    github.on(LIST, runs([]));
    github.on(UPDATE, 'hang up');
    await expect(github.rocket.reportCheck('abc', long)).rejects.toMatchObject({ name: 'ForgeError' });
    const { external_id } = github.sent(CREATE)[0]?.body ?? {};
    github.on(
      LIST,
      runs([
        run({ external_id, status: 'in_progress', conclusion: null, completed_at: null, output: { annotations_count: 50 } }),
      ]),
    );
    github.on(UPDATE, { body: { id: 5 } });
    await github.rocket.reportCheck('abc', long);
    expect(lines(github.sent(UPDATE).at(-1))).toEqual(Array.from({ length: 20 }, (_, i) => i + 51));
    expect(github.sent(UPDATE).at(-1)?.body.status).toBe('completed');
  });

  test('counts a summary in bytes, as the server does', async () => {
    github.on(LIST, runs([]));
    await github.rocket.reportCheck('abc', report({ summary: `x${'€'.repeat(30_000)}` }));
    const { summary } = github.sent(CREATE)[0]?.body.output ?? {};
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(65_535);
    expect(Buffer.byteLength(summary)).toBeGreaterThan(65_500);
    expect(summary).toMatch(/^x€+\n\n\*\(cut here: GitHub takes no more\)\*$/);
  });
});

describe('on a commit that was made a moment ago', () => {
  const COMMIT = { message: 'm', tree: 't', parents: [] };
  beforeEach(() => github.on('POST /repos/acme/rocket/git/commits', { status: 201, body: { sha: 'abc' } }));
  const answered = (seen: Seen) => ({
    status: 201,
    body: { ...run(), ...seen.body, id: 9, output: { title: 'Sound', annotations_count: 0 } },
  });

  test('nothing is looked for, and the same report twice is one', async () => {
    github.on(CREATE, answered);
    await github.rocket.createCommit(COMMIT);
    for (const name of [NAME, 'planwright / scope', NAME]) await github.rocket.reportCheck('abc', report({ name }));
    expect(github.calls().slice(1)).toEqual([CREATE, CREATE]);
  });

  test('a report whose answer was lost is looked for', async () => {
    github.on(CREATE, 'hang up');
    github.on(LIST, runs([]));
    await github.rocket.createCommit(COMMIT);
    await expect(github.rocket.reportCheck('abc', report())).rejects.toThrow();
    github.on(CREATE, answered);
    await github.rocket.reportCheck('abc', report());
    expect(github.calls().slice(1)).toEqual([CREATE, LIST, CREATE]);
  });

  test('after some minutes it is like any other', async () => {
    github.on(CREATE, answered);
    github.on(LIST, runs([]));
    await github.rocket.createCommit(COMMIT);
    github.clock.advance(121_000);
    await github.rocket.reportCheck('abc', report());
    expect(github.calls().slice(1)).toEqual([LIST, CREATE]);
  });
});
