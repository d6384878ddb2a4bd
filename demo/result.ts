import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Stage } from '../test/support/stage.ts';
import type { PullPage, TaskPage } from '../test/support/task-page.ts';

const run = promisify(execFile);
const git = async (cwd: string, ...args: string[]): Promise<string> =>
  (await run('git', ['-C', cwd, ...args], { maxBuffer: 50_000_000 })).stdout;

export interface Result {
  readonly dir: string;
  /** The repository as a clone: `main` with everything merged, and every branch the App made. */
  readonly clone: string;
  readonly planFile: string;
  /** Each component's pull request; `diff` has git's colours if they were requested. */
  readonly pulls: readonly { readonly number: number; readonly title: string; readonly diff: string }[];
}

/** Leaves what came of the story in a folder of its own, replacing what an earlier run left there. */
export async function saveResult(stage: Stage, page: TaskPage, dir: string, colour: boolean): Promise<Result> {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const clone = join(dir, page.repository.name);
  await cloneWithBranches(stage.github.gitDir(page.repository.fullName), clone);

  const all = (await page.pulls()).sort((a, b) => a.number - b.number);
  const [plan, ...components] = all;
  if (!plan) throw new Error('there is no pull request with a plan');
  const planFile = await git(clone, 'show', `${plan.branch}:PLAN.md`);
  writeFileSync(join(dir, 'PLAN.md'), planFile);
  writeFileSync(join(dir, `issue-${page.issue}.md`), await conversation(stage, page, page.issue));
  for (const pull of all) writeFileSync(join(dir, `pull-${pull.number}.md`), await conversation(stage, page, pull.number));

  const pulls = [];
  for (const pull of components) {
    const range = await rangeOf(stage, page, pull);
    writeFileSync(join(dir, `pull-${pull.number}.diff`), await git(clone, 'diff', range));
    pulls.push({
      number: pull.number,
      title: pull.title,
      diff: await git(clone, 'diff', ...(colour ? ['--color=always'] : []), '--stat', '--patch', range),
    });
  }
  return { dir, clone, planFile, pulls };
}

async function cloneWithBranches(from: string, to: string): Promise<void> {
  await run('git', ['clone', '--quiet', '--no-hardlinks', from, to]);
  const refs = (await git(to, 'for-each-ref', '--format=%(refname:strip=3)', 'refs/remotes/origin/planwright/')).trim();
  for (const branch of refs.split('\n').filter(Boolean))
    await git(to, 'branch', '--quiet', '--no-track', branch, `origin/${branch}`);
  // The repository it came from is gone when the demo ends.
  await git(to, 'remote', 'remove', 'origin');
}

/** What a merged pull request brought, as GitHub shows it. */
async function rangeOf({ github }: Stage, { repository }: TaskPage, pull: PullPage): Promise<string> {
  const { owner, name: repo } = repository;
  const { data } = await github.as(owner).rest.pulls.get({ owner, repo, pull_number: pull.number });
  return `${data.merge_commit_sha}^1...${pull.head}`;
}

/** One issue or pull request with everything people and the App wrote on it, in order, as Markdown. */
async function conversation({ github }: Stage, page: TaskPage, number: number): Promise<string> {
  const at = { owner: page.repository.owner, repo: page.repository.name };
  const { rest } = github.as(at.owner);
  const { data: issue } = await rest.issues.get({ ...at, issue_number: number });
  const { data: comments } = await rest.issues.listComments({ ...at, issue_number: number, per_page: 100 });
  const reviews = issue.pull_request ? (await rest.pulls.listReviews({ ...at, pull_number: number })).data : [];
  const entries = [
    ...comments.map((c) => ({ at: c.created_at, by: c.user?.login, what: 'commented', body: c.body ?? '' })),
    ...reviews.map((r) => ({ at: r.submitted_at ?? '', by: r.user?.login, what: r.state.toLowerCase(), body: r.body ?? '' })),
  ].sort((a, b) => (a.at < b.at ? -1 : 1));
  return [
    `# ${issue.title} (#${number}, ${issue.pull_request?.merged_at ? 'merged' : issue.state})`,
    `*${issue.user?.login} opened this at ${issue.created_at}*`,
    issue.body ?? '',
    ...entries.map((e) => `---\n\n*${e.by} ${e.what} at ${e.at}*\n\n${e.body}`),
    '',
  ].join('\n\n');
}
