// Check runs and check suites. An App has a suite per head, as on GitHub; GitHub Actions has one per workflow run, which a header names.
import { announce } from './announcing.ts';
import { commitNamed } from './commits.ts';
import { readCommit } from './git-objects.ts';
import { appJson } from './json.ts';
import { type Call, notFound, page, Refusal, repositoryRoute } from './routes.ts';
import type { RepositoryRow, UserRow } from './rows.ts';
import { appOf, type Json, userJson, type World } from './world.ts';

export interface Suite {
  id: number;
  repo: number;
  app: number;
  /** The workflow's name; '' for an App without workflows. */
  workflow: string;
  sha: string;
  branch: string | null;
  createdAt: string;
}

export interface Run {
  id: number;
  suite: Suite;
  name: string;
  status: string;
  conclusion: string | null;
  startedAt: string | null;
  completedAt: string | null;
  externalId: string;
  detailsUrl: string | null;
  output: { title: string | null; summary: string | null; text: string | null };
  annotations: Json[];
}

const CONCLUSIONS = ['success', 'neutral', 'skipped', 'cancelled', 'timed_out', 'action_required', 'failure', 'stale'];
const FAILING = ['failure', 'timed_out', 'action_required', 'cancelled', 'stale'];

/** Which workflow a check run belongs to: on GitHub only Actions itself can say that. */
export const WORKFLOW_HEADER = 'x-local-github-workflow';

/** Of runs, the newest first, the latest of each name in each suite. */
export const latestRuns = (all: readonly Run[]): Run[] =>
  all.filter((run, index) => all.findIndex((other) => other.name === run.name && other.suite === run.suite) === index);

export function checkRoutes(world: World): void {
  const { suites, runs } = world.links;

  function suiteFor(call: Call, sha: string): Suite {
    const app = call.holder?.installation?.appId ?? 0;
    const workflow = call.context.req.header(WORKFLOW_HEADER) ?? '';
    const existing = suites.find(
      (suite) => suite.repo === call.repo.id && suite.app === app && suite.sha === sha && suite.workflow === workflow,
    );
    if (existing) return existing;
    const branch =
      world.git
        .refs(call.repo)
        .find((ref) => ref.sha === sha)
        ?.ref.replace('refs/heads/', '') ?? null;
    const suite = {
      id: world.firstId + 700_001 + suites.length,
      repo: call.repo.id,
      app,
      workflow,
      sha,
      branch,
      createdAt: new Date().toISOString(),
    };
    suites.push(suite);
    return suite;
  }

  const runsOf = (suite: Suite) => runs.filter((run) => run.suite === suite);

  function suiteState(suite: Suite): { status: string; conclusion: string | null } {
    const own = runsOf(suite);
    if (own.length === 0) return { status: 'queued', conclusion: null };
    if (own.some((run) => run.status !== 'completed')) return { status: 'in_progress', conclusion: null };
    const conclusions = own.map((run) => run.conclusion ?? 'neutral');
    const worst = FAILING.find((conclusion) => conclusions.includes(conclusion));
    return { status: 'completed', conclusion: worst ?? (conclusions.includes('success') ? 'success' : (conclusions[0] ?? null)) };
  }

  function pullsAt(repo: RepositoryRow, sha: string): Json[] {
    const url = `${world.url}/repos/${repo.full_name}`;
    const about = { id: repo.id, url, name: repo.name };
    const open = world.tables.pullRequests
      .findBy('repo_id', repo.id)
      .filter((pull) => pull.state === 'open' && pull.head_sha === sha);
    // biome-ignore format: one entry
    return open.map((pull) => ({
      url: `${url}/pulls/${pull.number}`, id: pull.id, number: pull.number,
      head: { ref: pull.head_ref, sha: pull.head_sha, repo: about }, base: { ref: pull.base_ref, sha: pull.base_sha, repo: about },
    }));
  }

  const app = (suite: Suite) => {
    const row = appOf(world.tables, suite.app);
    return row ? appJson(world.url, row) : null;
  };

  function suiteJson(repo: RepositoryRow, suite: Suite): Json {
    const url = `${world.url}/repos/${repo.full_name}/check-suites/${suite.id}`;
    // biome-ignore format: one suite
    return {
      id: suite.id, node_id: `CS_${suite.id}`, head_branch: suite.branch, head_sha: suite.sha, ...suiteState(suite), url, before: null,
      after: suite.sha, pull_requests: pullsAt(repo, suite.sha), app: app(suite), created_at: suite.createdAt, updated_at: suite.createdAt,
      latest_check_runs_count: runsOf(suite).length, check_runs_url: `${url}/check-runs`,
    };
  }

  function runJson(repo: RepositoryRow, run: Run): Json {
    const url = `${world.url}/repos/${repo.full_name}/check-runs/${run.id}`;
    // biome-ignore format: one run
    return {
      id: run.id, node_id: `CR_${run.id}`, head_sha: run.suite.sha, name: run.name, external_id: run.externalId, url,
      html_url: `${world.url}/${repo.full_name}/runs/${run.id}`, details_url: run.detailsUrl ?? world.url, status: run.status,
      conclusion: run.conclusion, started_at: run.startedAt, completed_at: run.completedAt,
      output: { ...run.output, annotations_count: run.annotations.length, annotations_url: `${url}/annotations` },
      check_suite: { id: run.suite.id }, app: app(run.suite), pull_requests: pullsAt(repo, run.suite.sha),
    };
  }

  async function tell(
    repo: RepositoryRow,
    run: Run,
    action: 'created' | 'completed' | 'rerequested',
    actor: UserRow | undefined,
  ): Promise<void> {
    const who = actor ? { sender: userJson(world, actor) } : {};
    const commit = await readCommit(world.git.dirOf(repo), run.suite.sha);
    const head = commit && {
      id: commit.sha,
      tree_id: commit.tree,
      message: commit.message,
      timestamp: commit.author.date,
      author: commit.author,
      committer: commit.committer,
    };
    const suite = () => ({ ...suiteJson(repo, run.suite), head_commit: head });
    const whole = { ...runJson(repo, run), check_suite: suite() };
    announce(world, repo, 'check_run', action, { check_run: whole, ...who });
    const done = suiteState(run.suite).status === 'completed';
    if (action === 'completed' && done) announce(world, repo, 'check_suite', 'completed', { check_suite: suite(), ...who });
  }

  function apply(run: Run, { body }: Call): void {
    const text = (value: unknown, otherwise: string | null) => (typeof value === 'string' ? value : otherwise);
    run.name = text(body.name, run.name) ?? run.name;
    run.status = text(body.status, run.status) ?? run.status;
    if (typeof body.conclusion === 'string') {
      if (!CONCLUSIONS.includes(body.conclusion))
        throw new Refusal(422, `Invalid request.\n\n${body.conclusion} is not a member of ${JSON.stringify(CONCLUSIONS)}.`);
      run.conclusion = body.conclusion;
      run.status = 'completed'; // a conclusion completes a run
    }
    if (run.status === 'completed' && run.conclusion === null)
      throw new Refusal(422, 'Invalid request.\n\n"conclusion" wasn\'t supplied.');
    if (run.status !== 'completed') run.conclusion = null;
    run.startedAt = text(body.started_at, run.startedAt);
    run.completedAt = run.status === 'completed' ? text(body.completed_at, run.completedAt ?? new Date().toISOString()) : null;
    run.externalId = text(body.external_id, run.externalId) ?? '';
    run.detailsUrl = text(body.details_url, run.detailsUrl);
    const output = body.output as Json | undefined;
    if (!output) return;
    if (typeof output.title !== 'string' || typeof output.summary !== 'string')
      throw new Refusal(422, 'Invalid request.\n\n"title" and "summary" are required in "output".');
    run.output = { title: output.title, summary: output.summary, text: text(output.text, run.output.text) };
    if (Array.isArray(output.annotations)) run.annotations.push(...(output.annotations as Json[])); // an update adds, it does not replace
  }

  const runOf = (call: Call) => {
    const run = runs.find((candidate) => candidate.id === call.number('id') && candidate.suite.repo === call.repo.id);
    if (!run) throw notFound();
    return run;
  };

  repositoryRoute(world, 'POST', '/check-runs', async (call) => {
    const name = call.text('name');
    if (!name) throw new Refusal(422, 'Invalid request.\n\n"name" wasn\'t supplied.');
    const sha = await commitNamed(world, call.repo, call.text('head_sha') ?? '');
    // biome-ignore format: one run
    const run: Run = {
      id: world.firstId + 800_001 + runs.length, suite: suiteFor(call, sha), name, status: 'queued', conclusion: null, startedAt: new Date().toISOString(),
      completedAt: null, externalId: '', detailsUrl: null, output: { title: null, summary: null, text: null }, annotations: [],
    };
    apply(run, call);
    runs.push(run);
    await tell(call.repo, run, 'created', call.actor);
    if (run.status === 'completed') await tell(call.repo, run, 'completed', call.actor);
    return { status: 201, json: runJson(call.repo, run) };
  });

  repositoryRoute(world, 'PATCH', '/check-runs/:id', async (call) => {
    const run = runOf(call);
    if (run.suite.app !== call.holder?.installation?.appId)
      throw new Refusal(403, 'Invalid app_id `0` - check run can only be modified by the GitHub App that created it.');
    const wasCompleted = run.status === 'completed';
    apply(run, call);
    if (!wasCompleted && run.status === 'completed') await tell(call.repo, run, 'completed', call.actor);
    return { json: runJson(call.repo, run) };
  });

  // GitHub tells the App, and leaves the run as it is.
  repositoryRoute(world, 'POST', '/check-runs/:id/rerequest', async (call) => {
    const run = runOf(call);
    if (run.status !== 'completed') throw new Refusal(422, 'Check run is not completed');
    await tell(call.repo, run, 'rerequested', call.actor);
    return { status: 201, json: {} };
  });

  repositoryRoute(world, 'GET', '/check-runs/:id', (call) => ({ json: runJson(call.repo, runOf(call)) }));
  repositoryRoute(world, 'GET', '/check-runs/:id/annotations', (call) => ({ json: page(call, runOf(call).annotations) }));

  repositoryRoute(world, 'GET', '/commits/:ref{.+}/check-runs', async (call) => {
    const sha = await commitNamed(world, call.repo, call.param('ref'));
    const [name, status, appId] = [call.query('check_name'), call.query('status'), call.query('app_id')];
    const all = runs
      .filter((run) => run.suite.repo === call.repo.id && run.suite.sha === sha)
      .filter(
        (run) =>
          (!name || run.name === name) && (!status || run.status === status) && (!appId || run.suite.app === Number(appId)),
      )
      .reverse();
    const latest = latestRuns(all);
    const chosen = call.query('filter') === 'all' ? all : latest;
    return { json: { total_count: chosen.length, check_runs: page(call, chosen).map((run) => runJson(call.repo, run)) } };
  });

  repositoryRoute(world, 'GET', '/commits/:ref{.+}/check-suites', async (call) => {
    const sha = await commitNamed(world, call.repo, call.param('ref'));
    const chosen = suites.filter((suite) => suite.repo === call.repo.id && suite.sha === sha);
    return { json: { total_count: chosen.length, check_suites: page(call, chosen).map((suite) => suiteJson(call.repo, suite)) } };
  });

  repositoryRoute(world, 'POST', '/check-suites', async (call) => {
    const suite = suiteFor(call, await commitNamed(world, call.repo, call.text('head_sha') ?? ''));
    return { status: 201, json: suiteJson(call.repo, suite) };
  });
}
