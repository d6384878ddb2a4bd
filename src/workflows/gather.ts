import { renderBranchName } from '../domain/branch-name.ts';
import type { PlanWork } from '../domain/work.ts';
import type { Reference, Words } from '../planner/context/conversation.ts';
import { referencesIn } from '../planner/context/references.ts';
import type { PullRequest, RepositoryForge } from '../ports/forge.ts';
import { isPlanCommitOf } from '../replies/component-pull-request.ts';
import type { Settings } from '../settings/repository-settings.ts';
import { mayWrite } from '../task/authorise.ts';
import { planPathOf } from '../task/plan-path.ts';
import type { WorkflowPorts } from './ports.ts';

/** What the planner works from, read once, so that a restart works from the same. */
export interface Gathered {
  readonly settings: Settings;
  readonly base: { readonly name: string; readonly sha: string };
  /** On the issue, on the plan, or on one of its lines; oldest first. */
  readonly comments: readonly Words[];
  /** What the issue, the comments and the notes refer to, by title. */
  readonly references: readonly Reference[];
  /** When reading began, ISO 8601. */
  readonly at: string;
  /** The plan branch's head, when it is there already. */
  readonly head: string | null;
  /** The plan at that head and its open pull request, when an earlier run of this very work had come so far. */
  readonly made: { readonly text: string; readonly pull: number | null } | null;
  /** The plan so far with people's edits, on this branch or on the one before it. */
  readonly former: string | null;
}

const MAX_ISSUE_COMMENTS = 40;

export async function gather(
  ports: WorkflowPorts,
  repo: RepositoryForge,
  work: PlanWork,
  branch: string,
): Promise<Gathered | { unusable: string }> {
  const { task, generation, since } = work;
  const at = new Date(ports.clock.now()).toISOString();
  const settings = await ports.settings.load(repo);
  if (!settings.ok) return { unusable: '`.github/planwright.yml` cannot be used; the status comment says which lines.' };
  const path = planPathOf(settings.value, task.issue);
  const head = await repo.branchHead(branch);
  const before = generation > 1 ? renderBranchName({ issue: task.issue, part: 'plan', generation: generation - 1 }) : null;
  const pull = (await ownPull(repo, branch)) ?? (before ? await ownPull(repo, before) : null);
  const commit = head === null ? null : await repo.commit(head);
  const made = commit && isPlanCommitOf(commit.message, work) ? await repo.file(path, commit.sha) : null;
  const formerAt = made ? (commit?.parents[0] ?? null) : (head ?? pull?.headSha ?? null);
  const onThePlan = pull ? (await onPlan(repo, pull)).filter((w) => since === null || w.at > since) : [];
  // What was said about the plan since its last revision is what this one answers: none of it is left out here.
  const comments = [
    ...(await byWriters(repo, await onIssue(repo, task.issue))).slice(-MAX_ISSUE_COMMENTS),
    ...(await byWriters(repo, onThePlan)),
  ].sort((a, b) => (a.at < b.at ? -1 : 1));
  return {
    at,
    settings: settings.value,
    base: await repo.defaultBranch(),
    comments,
    references: await lookUp(repo, work, comments),
    head,
    made: made && { text: made.text, pull: pull?.headRef === branch && pull.state === 'open' ? pull.number : null },
    former: formerAt === null ? null : ((await repo.file(path, formerAt))?.text ?? null),
  };
}

async function lookUp(
  repo: RepositoryForge,
  { task, issueTitle, issueBody, notes }: PlanWork,
  comments: readonly Words[],
): Promise<Reference[]> {
  const texts = [issueTitle, issueBody, notes?.text ?? '', ...comments.map((c) => c.text)];
  const numbers = referencesIn(texts, task.repository, task.issue);
  const found = await Promise.all(numbers.map((number) => repo.issue(number)));
  return found
    .filter((issue) => issue !== null)
    .map(({ number, title, state, isPullRequest }) => ({ number, title, state, kind: isPullRequest ? 'pull request' : 'issue' }));
}

const ownPull = async (repo: RepositoryForge, branch: string): Promise<PullRequest | null> =>
  (await repo.pullRequestsFrom(branch)).find((p) => p.mine) ?? null;

interface Said extends Words {
  readonly bot: boolean;
}

const onIssue = async (repo: RepositoryForge, number: number): Promise<Said[]> =>
  (await repo.comments(number)).map((c) => ({ by: c.author.login, bot: c.author.bot, at: c.createdAt, text: c.body }));

/** Comments, reviews, and comments on lines, which say where they stand. */
async function onPlan(repo: RepositoryForge, { number }: PullRequest): Promise<Said[]> {
  const reviews = (await repo.reviews(number)).filter((r) => r.body !== '' && r.state !== 'pending');
  const lines = await repo.reviewComments(number);
  return [
    ...(await onIssue(repo, number)),
    ...reviews.map((r) => ({ by: r.author.login, bot: r.author.bot, at: r.submittedAt, text: r.body })),
    ...lines.map((c) => ({
      by: c.author.login,
      bot: c.author.bot,
      at: c.createdAt,
      text: `On ${c.path}${c.line === null ? '' : ` line ${c.line}`}: ${c.body}`,
    })),
  ];
}

/** Only writers are heard: anybody can comment, and what the planner reads it may follow. */
async function byWriters(repo: RepositoryForge, said: readonly Said[]): Promise<Words[]> {
  const writers = new Map<string, boolean>();
  const heard: Words[] = [];
  for (const { by, bot, at, text } of said) {
    if (bot) continue;
    if (!writers.has(by)) writers.set(by, mayWrite(await repo.permission(by)));
    if (writers.get(by)) heard.push({ by, at, text });
  }
  return heard;
}
