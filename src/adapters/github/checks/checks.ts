import { createHash } from 'node:crypto';
import type { Annotation, CheckReport, CheckRun } from '../../../ports/forge/checks.ts';
import type { RepositoryForge } from '../../../ports/forge/forge.ts';
import { type Access, nameOf, PAGE } from '../access.ts';
import { cutSummary } from '../client/text-limit.ts';
import type { AppIdentity } from '../person.ts';

/** Annotations GitHub accepts in one request; those of further requests are added to the ones already there. */
const BATCH = 50;

export const checkOperations = (access: Access): Pick<RepositoryForge, 'ownChecks' | 'reportCheck'> => ({
  async ownChecks(sha) {
    const app = await access.identity();
    return ownAmong(await listRuns(access, sha, { app_id: app.id }), app);
  },

  async reportCheck(sha, report, again = false) {
    const [octokit, runs, app] = await Promise.all([
      access.octokit(),
      // Nobody but us can have reported in our name on a commit that we have only just made.
      access.reported.areAll(nameOf(access), sha)
        ? access.reported.added<Run>(nameOf(access), sha, []).filter(({ name }) => name === report.name)
        : listRuns(access, sha, { check_name: report.name }),
      access.identity(),
    ]);
    const mine = runs.find((run) => run.name === report.name && run.app?.id === app.id) ?? null;
    const stamp = stampOf(report);
    const begun = !again && mine?.external_id === stamp ? mine : null;
    if (begun?.status === 'completed') return;

    // This very report, cut off between two requests, continues where it stopped. Any other run is overwritten, unless it has
    // annotations: they cannot be removed, so a new run replaces it (GitHub counts the newest of a name).
    const sent = begun?.output.annotations_count ?? 0;
    let id = begun?.id ?? (!again && mine?.output.annotations_count === 0 ? mine.id : null);
    // A verdict that stays the same keeps its time: `/execute` depends on since when the check has been green. Otherwise GitHub
    // sets the time: it is compared with the times of comments, which are GitHub's as well.
    const known = mine?.status === 'completed' && mine.conclusion === report.conclusion ? mine.completed_at : null;
    const completedAt = known === null ? {} : { completed_at: known };

    const batches = batchesOf(report.annotations.slice(sent));
    for (const [index, batch] of batches.entries()) {
      const output = { title: report.title, summary: cutSummary(report.summary), annotations: batch.map(annotationFrom) };
      const content = { ...access.at, name: report.name, external_id: stamp, output };
      const state =
        index === batches.length - 1
          ? { status: 'completed' as const, conclusion: report.conclusion, ...completedAt }
          : { status: 'in_progress' as const };
      access.reported.forget(nameOf(access), sha, report.name);
      const { data } =
        id === null
          ? await octokit.rest.checks.create({ ...content, ...state, head_sha: sha })
          : await octokit.rest.checks.update({ ...content, ...state, check_run_id: id });
      id ??= data.id;
      if (data.name === report.name) access.reported.note(nameOf(access), { ...data, head_sha: sha });
    }
  },
});

/** Newest first; where one App ran the same name again, only its latest. */
async function listRuns(access: Access, sha: string, which: { readonly check_name: string } | { readonly app_id: number }) {
  const octokit = await access.octokit();
  const found = await octokit.paginate(octokit.rest.checks.listForRef, {
    ...access.at,
    ref: sha,
    ...which,
    filter: 'latest',
    per_page: PAGE,
  });
  const all = access.reported.added(nameOf(access), sha, found);
  return 'check_name' in which ? all.filter(({ name }) => name === which.check_name) : all;
}

type Run = Awaited<ReturnType<typeof listRuns>>[number];

/** What is read of a check run in a listing. */
export interface RunPayload {
  readonly id: number;
  readonly head_sha: string;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly external_id: string | null;
  readonly completed_at: string | null;
  readonly output: { readonly title: string | null };
  readonly app: { readonly id: number; readonly slug?: string } | null;
  readonly check_suite: { readonly id: number | string } | null;
}

/** Of runs, the newest first, this App's latest of each name. */
export function ownAmong(found: readonly RunPayload[], app: AppIdentity): CheckRun[] {
  const runs = found.map((run) => checkRunFrom(run, app)).filter((run) => run.mine);
  return runs.filter((run, i) => runs.findIndex((newer) => newer.name === run.name) === i);
}

const checkRunFrom = (run: RunPayload, app: AppIdentity): CheckRun => ({
  id: run.id,
  name: run.name,
  // GitHub's own Actions have more words for "not begun": waiting, requested, pending.
  status: run.status === 'completed' || run.status === 'in_progress' ? run.status : 'queued',
  conclusion: run.conclusion,
  title: run.output.title,
  externalId: subjectOf(run.external_id),
  completedAt: run.completed_at,
  // Any other App may give its check the same name as ours.
  mine: run.app?.id === app.id,
});

/** At least one batch, because a report without annotations is sent as well. */
function batchesOf(annotations: readonly Annotation[]): readonly (readonly Annotation[])[] {
  const count = Math.max(1, Math.ceil(annotations.length / BATCH));
  return Array.from({ length: count }, (_, i) => annotations.slice(i * BATCH, (i + 1) * BATCH));
}

const annotationFrom = ({ path, line, level, message }: Annotation) => ({
  path,
  start_line: line,
  end_line: line,
  annotation_level: level,
  message: cutSummary(message),
});

/** The run's `external_id`: what was checked, and a digest of the report, so that two reports with the same stamp are identical. */
const stampOf = ({ name, externalId, conclusion, title, summary, annotations }: CheckReport): string => {
  const digest = createHash('sha256')
    .update(JSON.stringify([name, conclusion, title, summary, annotations]))
    .digest('hex');
  return `${externalId} ${digest}`;
};

/** The first word of a stamp; null for what an older build or another App wrote there. */
const subjectOf = (externalId: string | null): string | null => /^(\S+) [0-9a-f]{64}$/.exec(externalId ?? '')?.[1] ?? null;
