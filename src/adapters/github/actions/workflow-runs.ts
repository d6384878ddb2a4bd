import { failure, type Outcome } from '../../../domain/outcome.ts';
import type { RepositoryForge } from '../../../ports/forge/forge.ts';
import { ForgeError } from '../../../ports/forge/forge-error.ts';
import type { WorkflowRun, WorkflowRunSeen } from '../../../ports/forge/workflow-runs.ts';
import { type Access, PAGE } from '../access.ts';
import { orNull } from '../client/github-error.ts';
import { fileInZip } from './file-in-zip.ts';

/** Statuses of an artifact that is no longer there: deleted, or past its retention. */
const NO_ARTIFACT = [404, 410];

export const workflowRunOperations = (access: Access): Pick<RepositoryForge, 'workflowRun' | 'artifactFile'> => ({
  async workflowRun(file, at) {
    try {
      return await latestRun(access, file, at);
    } catch (error) {
      // An installation from before the App asked for it may not grant `actions`.
      if (error instanceof ForgeError && error.reason === 'not_accessible') return { kind: 'unreadable' };
      throw error;
    }
  },

  async artifactFile(run, { artifact, file }, maxBytes) {
    const octokit = await access.octokit();
    const listed = { ...access.at, run_id: run, name: artifact, per_page: PAGE };
    const found = await orNull(octokit.rest.actions.listWorkflowRunArtifacts(listed), NO_ARTIFACT);
    // A run that was repeated has one of each attempt.
    const [newest] = (found?.data.artifacts ?? []).filter(({ name }) => name === artifact).sort((a, b) => b.id - a.id);
    if (!newest) return failure(`it uploaded no artifact \`${artifact}\`.`);
    if (newest.expired) return failure(`its artifact \`${artifact}\` has expired.`);
    if (newest.size_in_bytes > maxBytes) return tooLarge(artifact, maxBytes);
    const zip = await downloaded(access, newest.id, maxBytes);
    if (!zip.ok)
      return failure(
        zip.reason === 'too large' ? tooLarge(artifact, maxBytes).reason : `its artifact \`${artifact}\` is no longer there.`,
      );
    const content = fileInZip(zip.value, file, maxBytes);
    return content.ok ? content : failure(`its artifact \`${artifact}\` ${content.reason}`);
  },
});

const tooLarge = (artifact: string, maxBytes: number) =>
  failure(`its artifact \`${artifact}\` is larger than ${Math.round(maxBytes / 1_000_000)} MB.`);

async function latestRun(
  access: Access,
  file: string,
  { branch, head }: { readonly branch: string; readonly head: string },
): Promise<WorkflowRunSeen> {
  const { actions } = (await access.octokit()).rest;
  const which = { ...access.at, workflow_id: file };
  const listed = await orNull(actions.listWorkflowRuns({ ...which, head_sha: head, branch, event: 'push', per_page: PAGE }));
  if (!listed) return { kind: 'missing' };
  const runs = listed.data.workflow_runs.filter(
    (run) => run.head_sha === head && run.head_branch === branch && run.event === 'push',
  );
  const latest = runs.reduce<(typeof runs)[number] | null>((newest, run) => (newest && newest.id > run.id ? newest : run), null);
  if (latest) {
    const { id, html_url: url, status, conclusion } = latest;
    const run: WorkflowRun = { id, url, conclusion: status === 'completed' ? (conclusion ?? 'neutral') : null };
    return { kind: 'run', run };
  }
  const workflow = await orNull(actions.getWorkflow(which));
  if (!workflow || workflow.data.state === 'deleted') return { kind: 'missing' };
  return { kind: workflow.data.state === 'active' ? 'none' : 'disabled' };
}

/**
 * GitHub answers with the address of a file on another host, to which the request goes without our token (the fetch standard). It
 * is read as a stream, so that a file of gigabytes is given up after `maxBytes`.
 */
async function downloaded(access: Access, artifact: number, maxBytes: number): Promise<Outcome<Buffer, 'too large' | 'gone'>> {
  const octokit = await access.octokit();
  const answer = await orNull(
    octokit.request('GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}', {
      ...access.at,
      artifact_id: artifact,
      archive_format: 'zip',
      request: { parseSuccessResponseBody: false },
    }),
    NO_ARTIFACT,
  );
  if (!answer) return failure('gone');
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.data as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) return failure('too large');
    chunks.push(chunk);
  }
  return { ok: true, value: Buffer.concat(chunks) };
}
