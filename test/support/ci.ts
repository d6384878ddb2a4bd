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
  void watch();

  async function watch(): Promise<never> {
    for (let held = next(); ; ) {
      const { body, path } = await held.reached;
      const { sha: head_sha, ref = decodeURIComponent(path) } = body as { sha: string; ref?: string };
      const branch = /heads\/(planwright\/issue-\d+\/(?!plan$).+)$/.exec(ref)?.[1];
      // A request may have been refused: nothing was pushed then, and the branch is elsewhere or not there.
      const isNews = branch !== undefined && !runs.has(head_sha);
      if (isNews && (await tipOf(branch)) === head_sha) {
        const { data } = await checks.create({ ...at, name: job, head_sha, status: 'in_progress' });
        runs.set(head_sha, data.id);
      }
      const done = held;
      held = next();
      done.release();
    }
  }

  async function tipOf(branch: string): Promise<string | null> {
    const { data } = await git.listMatchingRefs({ ...at, ref: `heads/${branch}` });
    return data.find(({ ref }) => ref === `refs/heads/${branch}`)?.object.sha ?? null;
  }

  function next() {
    return github.hold({
      path: new RegExp(`^/repos/${fullName}/git/refs(/|$)`),
      when: 'after',
      where: (r) => r.method === 'POST' || r.method === 'PATCH',
    });
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
