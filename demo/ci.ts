import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Ci } from '../test/support/ci.ts';
import type { LocalGitHub, Repository } from '../test/support/github/local-github.ts';
import type { PullPage } from '../test/support/task-page.ts';

const run = promisify(execFile);

export interface TestRun {
  readonly passed: number;
  readonly failed: number;
  readonly output: string;
}

/** Runs `node --test` in a folder, as the demo repository's own `npm test` does. */
export async function runTests(cwd: string): Promise<TestRun> {
  // Node marks what runs inside its test runner; inherited, the mark would keep this run from running anything.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = ['--test', '--test-reporter=spec'];
  const output = await run(process.execPath, args, { cwd, env: { ...env, NO_COLOR: '1' } }).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => `${error.stdout ?? ''}\n${error}`,
  );
  const count = (what: string): number => Number(new RegExp(`^ℹ ${what} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  const [passed, failed] = [count('pass'), count('fail') + count('cancelled')];
  return { passed, failed: passed + failed === 0 ? 1 : failed, output };
}

/** The repository's continuous integration: tests a pull request's head and ends the check that began with its push. */
export async function testPullRequest(github: LocalGitHub, repository: Repository, ci: Ci, pull: PullPage): Promise<TestRun> {
  const dir = mkdtempSync(join(tmpdir(), 'planwright-demo-ci-'));
  try {
    await run('git', ['clone', '--quiet', '--branch', pull.branch, github.gitDir(repository.fullName), dir]);
    const result = await runTests(dir);
    await ci.ends(pull.head, result.failed === 0 ? 'success' : 'failure', {
      title: `${result.passed} passed, ${result.failed} failed`,
      summary: result.output,
      log: result.output,
    });
    return result;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
