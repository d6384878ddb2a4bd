import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { APP_ID, page, type ScriptedGitHub, startScriptedGitHub } from '../scripted-github.ts';

const RUNS = 'GET /repos/acme/rocket/commits/abc/check-runs';
const STATUS = 'GET /repos/acme/rocket/commits/abc/status';
const LOG = 'GET /repos/acme/rocket/actions/jobs/5/logs';

const run = (id: number, name: string, more: object = {}) => ({
  id,
  name,
  status: 'completed',
  conclusion: 'success',
  app: { id: 15_368, slug: 'github-actions' },
  ...more,
});
const status = (context: string, state: string) => ({
  context,
  state,
  description: `is ${state}`,
  target_url: 'https://ci.example/7',
});

let github: ScriptedGitHub;
beforeEach(async () => {
  github = await startScriptedGitHub();
  github.on(RUNS, { body: { total_count: 0, check_runs: [] } });
  github.on(STATUS, { body: { statuses: [] } });
});
afterEach(() => github.close());

describe('what others say of a commit', () => {
  test('field case 04-same-job-name-two-workflows: a later run of another workflow hides no failing one of the same name', async () => {
    const suite = (id: number) => ({ check_suite: { id } });
    const check_runs = [
      run(1, 'build', { conclusion: 'failure', ...suite(10) }),
      run(2, 'build', suite(11)),
      run(3, 'lint', { conclusion: 'failure', ...suite(10) }),
      run(4, 'lint', suite(10)),
    ];
    github.on(RUNS, { body: { total_count: 4, check_runs } });
    const checks = (await github.rocket.foreignChecks('abc')).map((check) => `${check.name} ${check.run} ${check.state}`);
    expect(checks.sort()).toEqual(['build 1 failing', 'build 2 passing', 'lint 4 passing']);
  });

  test("is every App's newest run of a name, and the latest status of a context; our own runs are not in it", async () => {
    const rows = [
      [run(3, 'test', { conclusion: 'cancelled' }), run(9, 'planwright / scope', { app: { id: APP_ID, slug: 'planwright' } })],
      [run(4, 'test'), run(5, 'test', { app: { id: 1, slug: 'other' }, status: 'in_progress', conclusion: null })],
    ];
    github.on(
      RUNS,
      page(rows, (check_runs) => ({ total_count: 4, check_runs })),
    );
    github.on(STATUS, { body: { statuses: [status('ci/old', 'error'), status('ci/slow', 'pending')] } });
    expect(await github.rocket.foreignChecks('abc')).toEqual([
      { name: 'ci/old', state: 'failing', conclusion: 'error', run: null, job: false, said: 'is error\nhttps://ci.example/7' },
      { name: 'ci/slow', state: 'pending', conclusion: null, run: null, job: false, said: 'is pending\nhttps://ci.example/7' },
      { name: 'test', state: 'pending', conclusion: null, run: 5, job: false, said: '' },
      { name: 'test', state: 'passing', conclusion: 'success', run: 4, job: true, said: '' },
    ]);
  });

  test('is nothing where nothing ran, and statuses are read to the last page', async () => {
    expect(await github.rocket.foreignChecks('abc')).toEqual([]);
    const many = Array.from({ length: 100 }, (_, i) => status(`ci/${i}`, 'success'));
    github.on(STATUS, ({ query }) => ({ body: { statuses: query.page === '1' ? many : [status('ci/last', 'failure')] } }));
    expect(await github.rocket.foreignChecks('abc')).toHaveLength(101);
  });
});

describe('a failing run tells', () => {
  beforeEach(() => {
    github.on('GET /repos/acme/rocket/check-runs/5', { body: { output: { title: 'Tests', summary: '1 failed', text: null } } });
    github.on('GET /repos/acme/rocket/check-runs/5/annotations', {
      body: [{ path: 'a.js', start_line: 3, annotation_level: 'failure', message: 'is 1' }],
    });
  });
  const details = (job = true, bytes = 10) => github.rocket.checkDetails({ run: 5, job }, bytes);

  test('its summary, its annotations and the end of its log, which lies elsewhere', async () => {
    github.on(LOG, ({ headers }) => ({
      status: 302,
      headers: { location: `http://localhost:${headers.host?.split(':')[1]}/blob` },
    }));
    github.on('GET /blob', { headers: { 'content-type': 'text/plain' }, body: `${'x'.repeat(300_000)}the end` });
    expect(await details()).toEqual({
      said: 'Tests\n\n1 failed',
      annotations: [{ path: 'a.js', line: 3, level: 'failure', message: 'is 1' }],
      log: 'xxxthe end',
    });
    expect(github.sent(LOG)[0]?.headers.authorization).toBeDefined();
    expect(github.sent('GET /blob')[0]?.headers.authorization).toBeUndefined();
  });

  test.each([403, 404, 410])('all but its log where GitHub answers %i to that', async (code) => {
    github.on(LOG, { status: code, body: { message: 'No.' } });
    expect(await details()).toMatchObject({ said: 'Tests\n\n1 failed', log: null });
  });

  test("and another App's has no log to ask for", async () => {
    expect(await details(false)).toMatchObject({ log: null });
    expect(github.sent(LOG)).toEqual([]);
  });
});
