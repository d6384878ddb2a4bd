// GitHub Actions as an App reads them: workflows, their runs, and the artifacts of a run, which are read at an address of another host.
import { gitOfObjects } from './git-command.ts';
import { addRoute, type Call, notFound, page, Refusal, repositoryRoute } from './routes.ts';
import type { RepositoryRow } from './rows.ts';
import { type Json, repositoryNamed, type World } from './world.ts';

/** A run that a push has started. */
interface WorkflowRunSpec {
  readonly repository: string;
  /** the name of the file in .github/workflows */
  readonly file: string;
  readonly branch: string;
  readonly head: string;
}

export interface LocalActions {
  /** The run is there before anything of it has happened; returns its id. */
  startRun(spec: WorkflowRunSpec): number;
  endRun(run: number, conclusion: string): void;
  /** `bytes` is the archive; one that only claims a size, as its listing says it, need not have it. */
  upload(run: number, artifact: string, bytes: Buffer, more?: { readonly claims?: number; readonly expired?: boolean }): void;
  /** A person switches a workflow off, or on again. */
  enableWorkflow(repository: string, file: string, enabled: boolean): void;
  isEnabled(repository: string, file: string): boolean;
}

interface Run extends WorkflowRunSpec {
  readonly id: number;
  readonly startedAt: string;
  conclusion: string | null;
}

interface Artifact {
  readonly id: number;
  readonly run: Run;
  readonly name: string;
  readonly bytes: Buffer;
  readonly size: number;
  readonly expired: boolean;
}

export function actionRoutes(world: World): LocalActions {
  const runs: Run[] = [];
  const artifacts: Artifact[] = [];
  const disabled = new Set<string>();
  const elsewhere = new URL(world.url);
  elsewhere.hostname = 'localhost';

  const repoOf = (fullName: string): RepositoryRow => {
    const repo = repositoryNamed(world.tables, fullName);
    if (!repo) throw new Error(`there is no ${fullName}`);
    return repo;
  };

  /** GitHub knows a workflow once its file is on the default branch, or has run. */
  async function assertKnown(call: Call, file: string): Promise<void> {
    if (!call.holder) throw new Refusal(403, 'Must have admin rights to Repository.');
    if (runs.some((run) => run.repository === call.repo.full_name && run.file === file)) return;
    const tip = world.git.refs(call.repo).find(({ ref }) => ref === `refs/heads/${call.repo.default_branch}`)?.sha ?? '';
    const path = `.github/workflows/${file}`;
    const listed = await gitOfObjects(world.git.dirOf(call.repo), ['ls-tree', '--name-only', tip, '--', path]);
    if (listed.trim() !== path) throw notFound();
  }

  function runJson(repo: RepositoryRow, run: Run): Json {
    const at = `${world.url}/repos/${repo.full_name}/actions/runs/${run.id}`;
    const status = run.conclusion === null ? 'in_progress' : 'completed';
    // biome-ignore format: one run
    return {
      id: run.id, name: run.file, node_id: `WFR_${run.id}`, head_branch: run.branch, head_sha: run.head, path: `.github/workflows/${run.file}@${run.branch}`,
      display_title: run.file, run_number: 1, run_attempt: 1, event: 'push', status, conclusion: run.conclusion, workflow_id: 1, url: at,
      html_url: `${world.url}/${repo.full_name}/actions/runs/${run.id}`, created_at: run.startedAt, updated_at: run.startedAt,
      artifacts_url: `${at}/artifacts`,
    };
  }

  repositoryRoute(world, 'GET', '/actions/workflows/:file', async (call) => {
    const file = call.param('file');
    await assertKnown(call, file);
    const state = disabled.has(`${call.repo.full_name}/${file}`) ? 'disabled_manually' : 'active';
    return { json: { id: 1, node_id: 'W_1', name: file, path: `.github/workflows/${file}`, state } };
  });

  repositoryRoute(world, 'GET', '/actions/workflows/:file/runs', async (call) => {
    const file = call.param('file');
    await assertKnown(call, file);
    const [head, branch, event] = [call.query('head_sha'), call.query('branch'), call.query('event')];
    const found = runs
      .filter((run) => run.repository === call.repo.full_name && run.file === file)
      .filter((run) => (!head || run.head === head) && (!branch || run.branch === branch) && (!event || event === 'push'))
      .reverse();
    return { json: { total_count: found.length, workflow_runs: page(call, found).map((run) => runJson(call.repo, run)) } };
  });

  repositoryRoute(world, 'GET', '/actions/runs/:id/artifacts', (call) => {
    const run = runs.find(({ id, repository }) => id === call.number('id') && repository === call.repo.full_name);
    if (!run) throw notFound();
    const name = call.query('name');
    const found = artifacts.filter((artifact) => artifact.run === run && (!name || artifact.name === name));
    const listed = page(call, found).map(({ id, name, size, expired }) => {
      const url = `${world.url}/repos/${call.repo.full_name}/actions/artifacts/${id}`;
      return { id, node_id: `A_${id}`, name, size_in_bytes: size, url, archive_download_url: `${url}/zip`, expired };
    });
    return { json: { total_count: found.length, artifacts: listed } };
  });

  repositoryRoute(world, 'GET', '/actions/artifacts/:id/:format', (call) => {
    const artifact = artifacts.find(({ id, run }) => id === call.number('id') && run.repository === call.repo.full_name);
    if (!artifact || call.param('format') !== 'zip') throw notFound();
    if (artifact.expired) throw new Refusal(410, 'Artifact has expired');
    return { status: 302, location: `${elsewhere.origin}/artifact-storage/${artifact.id}?sig=of-one-minute` };
  });

  addRoute(world.emulator.app, 'GET', '/artifact-storage/:id', (context) => {
    if (context.req.header('authorization')) throw new Refusal(400, 'Authorization is not allowed here.');
    const artifact = artifacts.find(({ id }) => id === Number(context.req.param('id')));
    if (!artifact) throw notFound();
    return context.body(artifact.bytes, 200, { 'content-type': 'application/zip' });
  });

  const runOf = (id: number): Run => {
    const run = runs.find((one) => one.id === id);
    if (!run) throw new Error(`there is no run ${id}`);
    return run;
  };

  return {
    startRun(spec) {
      const id = world.firstId + 900_001 + runs.length;
      runs.push({ ...spec, id, startedAt: new Date().toISOString(), conclusion: null });
      return id;
    },
    endRun(run, conclusion) {
      runOf(run).conclusion = conclusion;
    },
    upload(run, name, bytes, { claims = bytes.length, expired = false } = {}) {
      artifacts.push({ id: world.firstId + 950_001 + artifacts.length, run: runOf(run), name, bytes, size: claims, expired });
    },
    enableWorkflow(repository, file, enabled) {
      const key = `${repoOf(repository).full_name}/${file}`;
      if (enabled) disabled.delete(key);
      else disabled.add(key);
    },
    isEnabled: (repository, file) => !disabled.has(`${repoOf(repository).full_name}/${file}`),
  };
}
