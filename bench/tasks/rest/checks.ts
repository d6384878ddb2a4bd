import { APP, type CheckRun, type Repository } from '../world.ts';
import { type Answer, type Api, type Call, type Json, made, NOT_FOUND, ok, type Route } from './route.ts';
import { now, runShape } from './shapes.ts';

const EMPTY_RUN = { status: 'queued', conclusion: null, externalId: null, completedAt: null, title: null };

export function checkRoutes({ world, deliveries }: Api): readonly Route[] {
  function listRuns({ repository, found: [sha], query }: Call): Answer {
    const name = query.get('check_name');
    const runs = repository.runs.filter((run) => run.head === sha && (name === null || run.name === name));
    return ok({ total_count: runs.length, check_runs: runs.map(runShape) });
  }

  function createRun({ repository, body }: Call): Answer {
    const run: CheckRun = { id: world.nextId(), head: String(body.head_sha), name: String(body.name), ...EMPTY_RUN };
    repository.runs.push(run);
    tell(repository, run, 'check_run', 'created');
    return made(changed(repository, run, body));
  }

  function updateRun({ repository, found: [id], body }: Call): Answer {
    const run = repository.runs.find((one) => one.id === Number(id));
    return run ? ok(changed(repository, run, body)) : NOT_FOUND;
  }

  function changed(repository: Repository, run: CheckRun, body: Json): object {
    const { title } = (body.output ?? {}) as { title?: string };
    run.title = title ?? run.title;
    run.status = String(body.status ?? run.status);
    run.conclusion = (body.conclusion ?? run.conclusion) as string | null;
    run.externalId = (body.external_id ?? run.externalId) as string | null;
    run.completedAt = run.status === 'completed' ? String(body.completed_at ?? now()) : null;
    if (run.status === 'completed')
      for (const what of ['check_run', 'check_suite'] as const) tell(repository, run, what, 'completed');
    return runShape(run);
  }

  function tell(repository: Repository, run: CheckRun, of: 'check_run' | 'check_suite', action: string): void {
    const branch = [...repository.refs].find(([, sha]) => sha === run.head)?.[0].replace('refs/heads/', '') ?? null;
    const suite = { id: 1, head_branch: branch, head_sha: run.head, app: { id: APP.id }, pull_requests: [], updated_at: now() };
    const what = of === 'check_suite' ? suite : { ...runShape(run), check_suite: suite, pull_requests: [] };
    deliveries.send(repository, of, 'app', { action, [of]: what });
  }

  return [
    ['GET', /^\/commits\/([0-9a-f]+)\/check-runs$/, listRuns],
    ['GET', /^\/commits\/([0-9a-f]+)\/status(?:es)?$/, () => ok({ state: 'pending', statuses: [], total_count: 0 })],
    ['POST', /^\/check-runs$/, createRun],
    ['PATCH', /^\/check-runs\/(\d+)$/, updateRun],
  ];
}
