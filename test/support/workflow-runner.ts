import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { zipSync } from 'fflate';
import picomatch from 'picomatch';
import { parse } from 'yaml';
import type { LocalGitHub, Repository } from './github/local-github.ts';

const run = promisify(execFile);

/** The parts of a workflow file that this runner understands. */
interface Workflow {
  readonly on: { readonly push: { readonly branches: readonly string[] } };
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface WorkflowRunner {
  /** The runs so far: the head, and what became of it. */
  readonly runs: readonly { readonly id: number; readonly head: string; readonly branch: string; conclusion: string | null }[];
  /** From now on a run does this instead of its workflow's steps, for workflows that misbehave; null: as the file says. */
  instead(act: ((id: number) => Promise<string | null>) | null): void;
}

/**
 * GitHub Actions for one workflow of one repository: each push that the workflow's `on` names starts a run, which checks the commit out and
 * really runs the commands. The run is there before whoever pushed hears that the push is done.
 */
export function runsWorkflow(github: LocalGitHub, { owner, name, fullName }: Repository, file: string): WorkflowRunner {
  const at = { owner, repo: name };
  const { checks, git } = github.as('github-actions[bot]').rest;
  const runs: { id: number; head: string; branch: string; conclusion: string | null }[] = [];
  let instead: ((id: number) => Promise<string | null>) | null = null;
  void watch();

  async function watch(): Promise<never> {
    for (let held = next(); ; ) {
      const { body, path } = await held.reached;
      // The next push may come while this one's run begins.
      const following = next();
      const { ref = decodeURIComponent(path), branch = /heads\/(.+)$/.exec(ref)?.[1] } = body as {
        ref?: string;
        branch?: string;
      };
      const head = branch === undefined ? null : await tipOf(branch);
      // A request may have been refused: then the branch is where it was, or not there.
      if (branch !== undefined && head !== null && !runs.some((one) => one.head === head)) await begin(branch, head);
      held.release();
      held = following;
    }
  }

  async function tipOf(branch: string): Promise<string | null> {
    const { data } = await git.listMatchingRefs({ ...at, ref: `heads/${branch}` });
    return data.find(({ ref }) => ref === `refs/heads/${branch}`)?.object.sha ?? null;
  }

  function next() {
    return github.hold({
      path: new RegExp(`^/repos/${fullName}/(git/refs|contents)(/|$)`),
      when: 'after',
      where: (r) => ['POST', 'PATCH', 'PUT'].includes(r.method),
    });
  }

  async function begin(branch: string, head: string): Promise<void> {
    if (!github.actions.isEnabled(fullName, file)) return;
    const path = `.github/workflows/${file}`;
    const text = await run('git', ['--git-dir', github.gitDir(fullName), 'show', `${head}:${path}`]).then(
      ({ stdout }) => stdout,
      () => null,
    );
    if (text === null) return;
    const workflow = parse(text) as Workflow;
    if (!isNamed(branch, workflow.on.push.branches)) return;
    const id = github.actions.startRun({ repository: fullName, file, branch, head });
    const one = { id, head, branch, conclusion: null as string | null };
    runs.push(one);
    const { data } = await checks.create({
      ...at,
      name: Object.keys(workflow.jobs)[0] ?? 'job',
      head_sha: head,
      status: 'in_progress',
    });
    // The push is answered while the run goes on.
    void (async () => {
      const conclusion = instead ? await instead(id) : await play(id, head, workflow);
      one.conclusion = conclusion;
      if (conclusion === null) return;
      github.actions.endRun(id, conclusion);
      const output = { title: conclusion, summary: `It ended: ${conclusion}.` };
      await checks.update({ ...at, check_run_id: data.id, conclusion: conclusion as 'success', output });
    })().catch(() => {
      // The test has ended, and its GitHub with it.
    });
  }

  async function play(id: number, head: string, { jobs }: Workflow): Promise<string> {
    const [work, temp] = [mkdtempSync(join(tmpdir(), 'local-actions-')), mkdtempSync(join(tmpdir(), 'local-actions-temp-'))];
    try {
      for (const job of Object.values(jobs)) for (const step of job.steps) await playStep({ id, head, work, temp }, step);
      return 'success';
    } catch {
      return 'failure';
    } finally {
      for (const dir of [work, temp]) rmSync(dir, { recursive: true, force: true });
    }
  }

  async function playStep(
    where: { id: number; head: string; work: string; temp: string },
    { uses = '', run: script, with: inputs = {} }: Step,
  ) {
    const { id, head, work, temp } = where;
    if (script !== undefined) {
      // A runner of GitHub's own has none of our variables; npm must not find this project's settings.
      const env = { PATH: process.env.PATH ?? '', HOME: temp, RUNNER_TEMP: temp, CI: 'true', npm_config_offline: 'true' };
      await run('bash', ['-e', '-c', script], { cwd: work, env });
      return;
    }
    switch (uses.split('@')[0]) {
      case 'actions/checkout':
        await run('git', ['clone', '--quiet', github.gitDir(fullName), work]);
        await run('git', ['-C', work, 'checkout', '--quiet', '--detach', head]);
        return;
      case 'actions/setup-node':
        return;
      case 'actions/upload-artifact': {
        const path = String(inputs.path).replace(/\$\{\{ *runner\.temp *\}\}/, temp);
        const zip = zipSync({ [basename(path)]: new Uint8Array(readFileSync(path)) });
        github.actions.upload(id, String(inputs.name), Buffer.from(zip));
        return;
      }
      default:
        throw new Error(`no such action here: ${uses}`);
    }
  }

  return {
    runs,
    instead: (act) => {
      instead = act;
    },
  };
}

/** As GitHub filters: the last pattern that matches a branch decides. */
const isNamed = (branch: string, patterns: readonly string[]): boolean =>
  patterns.reduce((named, pattern) => {
    const excludes = pattern.startsWith('!');
    return picomatch.isMatch(branch, excludes ? pattern.slice(1) : pattern) ? !excludes : named;
  }, false);
