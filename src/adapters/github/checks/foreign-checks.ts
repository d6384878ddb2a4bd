import { type HeadCheck, runState, statusState } from '../../../domain/task/checks.ts';
import type { Annotation } from '../../../ports/forge/checks.ts';
import type { RepositoryForge } from '../../../ports/forge/forge.ts';
import { type Access, PAGE } from '../access.ts';
import { orNull } from '../client/github-error.ts';
import type { AppIdentity } from '../person.ts';
import type { RunPayload } from './checks.ts';

/** GitHub Actions, whose check runs are jobs: under the same id there is a log. */
const ACTIONS = 'github-actions';

/**
 * Statuses that mean there is no log: it does not exist, has expired, or the App may not read actions. A failing check is fixed
 * without it, too.
 */
const NO_LOG = [403, 404, 410];

export const foreignCheckOperations = (access: Access): Pick<RepositoryForge, 'foreignChecks' | 'checkDetails'> => ({
  async foreignChecks(sha) {
    const [runs, statuses] = await Promise.all([latestRuns(access, sha), latestStatuses(access, sha)]);
    return inOrder([...runs, ...statuses]);
  },

  async checkDetails({ run, job }, logBytes) {
    const { checks } = (await access.octokit()).rest;
    const [{ data }, annotations, log] = await Promise.all([
      checks.get({ ...access.at, check_run_id: run }),
      // The first page is more than a person or a model reads.
      checks.listAnnotations({ ...access.at, check_run_id: run, per_page: 50 }),
      job ? endOfLog(access, run, logBytes) : null,
    ]);
    const { title, summary, text } = data.output;
    return {
      said: [title, summary, text].filter(Boolean).join('\n\n'),
      annotations: annotations.data.map(annotationFrom),
      log,
    };
  },
});

async function latestRuns(access: Access, sha: string): Promise<HeadCheck[]> {
  const [octokit, app] = await Promise.all([access.octokit(), access.identity()]);
  const listed = { ...access.at, ref: sha, filter: 'latest', per_page: PAGE } as const;
  return othersAmong(await octokit.paginate(octokit.rest.checks.listForRef, listed), app);
}

/**
 * Within a check suite the newest run of a name counts, as for GitHub's own branch protection: a job that was run again is not held
 * against the commit. Two workflows that both call a job `build` are two suites, and neither stands for the other; a suite without
 * runs says nothing.
 */
export function othersAmong(found: readonly RunPayload[], app: AppIdentity): HeadCheck[] {
  const newestFirst = found.filter((run) => run.app?.id !== app.id).sort((a, b) => b.id - a.id);
  const latest = new Map<string, RunPayload>();
  for (const run of newestFirst) {
    // A server that names no suite has one per App.
    const key = JSON.stringify([run.check_suite?.id ?? `app ${run.app?.id}`, run.name]);
    if (!latest.has(key)) latest.set(key, run);
  }
  return [...latest.values()].map((run) => ({
    name: run.name,
    state: runState(run.status, run.conclusion),
    conclusion: run.conclusion,
    run: run.id,
    job: run.app?.slug === ACTIONS,
    said: '',
  }));
}

/** In one order, wherever they were read. */
export const inOrder = (checks: readonly HeadCheck[]): HeadCheck[] => checks.toSorted((a, b) => a.name.localeCompare(b.name));

/** This App writes none. The combined status has each context once, with its latest state. */
async function latestStatuses(access: Access, sha: string): Promise<HeadCheck[]> {
  const octokit = await access.octokit();
  const found: HeadCheck[] = [];
  for (let page = 1; ; page++) {
    const { data } = await octokit.rest.repos.getCombinedStatusForRef({ ...access.at, ref: sha, per_page: PAGE, page });
    for (const { context, state, description, target_url } of data.statuses)
      found.push(statusFrom(context, state, [description, target_url]));
    if (data.statuses.length < PAGE) return found;
  }
}

export const statusFrom = (context: string, state: string, said: readonly (string | null)[]): HeadCheck => ({
  name: context,
  state: statusState(state),
  conclusion: state === 'pending' ? null : state,
  run: null,
  job: false,
  said: said.filter(Boolean).join('\n'),
});

/**
 * GitHub answers with the address of a text that may have hundreds of megabytes: it is read as a stream, and only its end is kept.
 * Redirected to another host, the request goes there without our token (the fetch standard).
 */
async function endOfLog(access: Access, job: number, bytes: number): Promise<string | null> {
  const octokit = await access.octokit();
  const answer = await orNull(
    octokit.request('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', {
      ...access.at,
      job_id: job,
      request: { parseSuccessResponseBody: false },
    }),
    NO_LOG,
  );
  if (!answer) return null;
  let end = Buffer.alloc(0);
  try {
    for await (const chunk of answer.data as AsyncIterable<Uint8Array>) end = Buffer.concat([end, chunk]).subarray(-bytes);
  } catch {
    // The log is too long for the time a request has, or was cut off: its end was not reached.
    return null;
  }
  return end.toString('utf8');
}

const annotationFrom = (a: {
  readonly path: string;
  readonly start_line: number;
  readonly annotation_level: string | null;
  readonly message: string | null;
}): Annotation => ({
  path: a.path,
  line: a.start_line,
  level: a.annotation_level === 'notice' || a.annotation_level === 'warning' ? a.annotation_level : 'failure',
  message: a.message ?? '',
});
