import type { LocalGitHub, Repository } from './github/local-github.ts';

/** Continuous integration of one job, by GitHub Actions: a run begins with each push to a component's branch. */
export interface Ci {
  /** Ends the run at a head. */
  ends(head: string, conclusion: 'success' | 'failure' | 'cancelled', more?: CiOutcome): Promise<void>;
}

interface CiOutcome {
  readonly title?: string;
  readonly summary?: string;
  readonly annotations?: readonly { readonly path: string; readonly line: number; readonly message: string }[];
  readonly log?: string;
}

/** A commit status by the owner, as older continuous integration reports it. */
export const commitStatus = (
  github: LocalGitHub,
  { owner, name }: Repository,
  sha: string,
  state: 'pending' | 'success' | 'failure',
): Promise<unknown> =>
  github
    .as(owner)
    .rest.repos.createCommitStatus({ owner, repo: name, sha, state, context: 'ci/old', description: `It is ${state}.` });

/** Its run is there before whoever pushed hears that the push is done, so that nobody can come first. */
export function continuousIntegration(github: LocalGitHub, { owner, name, fullName }: Repository, job = 'test'): Ci {
  const at = { owner, repo: name };
  const { checks, git } = github.as('github-actions[bot]').rest;
  const runs = new Map<string, number>();
  const pushes = {
    path: new RegExp(`^/repos/${fullName}/git/refs(/|$)`),
    where: ({ method }: { method: string }) => method === 'POST' || method === 'PATCH',
  };
  // One push after the other: two at once may be of one commit.
  let last = Promise.resolve();
  github.afterwards(pushes, ({ body, path }) => {
    last = last.then(() => pushed(body as { sha: string; ref?: string }, path));
    return last;
  });

  async function pushed({ sha: head_sha, ref }: { sha: string; ref?: string }, path: string): Promise<void> {
    const branch = /heads\/(planwright\/issue-\d+\/(?!plan$).+)$/.exec(ref ?? decodeURIComponent(path))?.[1];
    // A request may have been refused: nothing was pushed then, and the branch is elsewhere or not there.
    if (branch === undefined || runs.has(head_sha) || (await tipOf(branch)) !== head_sha) return;
    const { data } = await checks.create({ ...at, name: job, head_sha, status: 'in_progress' });
    runs.set(head_sha, data.id);
  }

  async function tipOf(branch: string): Promise<string | null> {
    const { data } = await git.listMatchingRefs({ ...at, ref: `heads/${branch}` });
    return data.find(({ ref }) => ref === `refs/heads/${branch}`)?.object.sha ?? null;
  }

  return {
    async ends(head, conclusion, { title = conclusion, summary = `It ended: ${conclusion}.`, annotations = [], log } = {}) {
      const check_run_id = await github.until(`a run at ${head}`, () => runs.get(head));
      if (log !== undefined) github.setJobLog(check_run_id, log);
      const output = {
        title,
        summary,
        annotations: annotations.map(({ path, line, message }) => ({
          path,
          message,
          start_line: line,
          end_line: line,
          annotation_level: 'failure' as const,
        })),
      };
      await checks.update({ ...at, check_run_id, conclusion, output });
    },
  };
}
