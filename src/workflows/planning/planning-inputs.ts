import { renderBranchName } from '../../domain/task/branch-name.ts';
import type { PlanWork } from '../../domain/task/work.ts';
import type { AuthoredText, Reference } from '../../planner/context/conversation.ts';
import { referencesIn } from '../../planner/context/references.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { ReadImage } from '../../ports/forge/images.ts';
import type { Person } from '../../ports/forge/people.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import type { ReviewThread } from '../../ports/forge/reviews.ts';
import { mayMoveBranch } from '../../publishing/own-branch.ts';
import { newestPullRequestFrom } from '../../publishing/own-pull-request.ts';
import type { CommitRules } from '../../replies/phrases/patterned.ts';
import { baseIsMissing, branchOfAnother } from '../../replies/phrases/refusals.ts';
import { planPathOf } from '../../settings/plan-path.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import { baseBranch } from '../../task/model/base-branch.ts';
import { stripHiddenText } from '../../text/strip-hidden-text.ts';
import { loadCommitRules } from '../shared/commit-rules.ts';
import { notVisibleYet } from '../shared/not-visible-yet.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import { writeAccessOf } from '../shared/write-access.ts';

/** The planner's inputs, read once, so that a restart works from the same. */
export interface PlanningInputs {
  readonly settings: Settings;
  readonly commitRules: CommitRules;
  readonly base: { readonly name: string; readonly sha: string };
  /** Comments on the issue, on the plan, or on one of its lines; oldest first. */
  readonly comments: readonly AuthoredText[];
  /** The issues and pull requests that the issue, the comments and the notes refer to. */
  readonly references: readonly Reference[];
  /** The issue's images, in their order; missing where an older version recorded this. */
  readonly images?: readonly ReadImage[];
  /** When reading began, ISO 8601. */
  readonly at: string;
  /** The plan branch's head, when it is there already. */
  readonly head: string | null;
  /** The plan so far with people's edits, on this branch or on the one before it. */
  readonly former: string | null;
  /**
   * Conversations on the plan's lines that are among the comments, by the id of their first: they are answered with the revision.
   */
  readonly threads: readonly number[];
}

const MAX_ISSUE_COMMENTS = 40;

export async function loadPlanningInputs(
  ports: WorkflowPorts,
  repo: RepositoryForge,
  work: PlanWork,
  branch: string,
): Promise<PlanningInputs | { unusable: string }> {
  const { task, generation, since } = work;
  const at = new Date(ports.clock.now()).toISOString();
  const settings = await ports.settings.load(repo);
  if (!settings.ok) return { unusable: '`.github/planwright.yml` cannot be used; the status comment says which lines.' };
  const path = planPathOf(settings.value, task.issue);
  const { prefix, base: baseName } = work.branches;
  const base = await baseBranch(repo, baseName);
  if (base === null) return { unusable: baseIsMissing(baseName ?? '') };
  const head = await repo.branchHead(branch);
  if (head !== null && !(await mayMoveBranch(repo, branch))) return { unusable: branchOfAnother(branch) };
  const before =
    generation > 1 ? renderBranchName({ prefix, issue: task.issue, part: 'plan', generation: generation - 1 }) : null;
  const own = (await newestPullRequestFrom(repo, branch)) ?? (await unlistedPull(repo, work, branch));
  if (own?.state === 'open' && (await isBehind(repo, head, own.headSha))) throw notVisibleYet(branch);
  const pull = own ?? (before ? await newestPullRequestFrom(repo, before) : null);
  // Read whoever wrote it: only the engine knows that it is this App's own, and it then has this step's result as well.
  const formerAt = head ?? pull?.headSha ?? null;
  const isWriter = writeAccessOf(repo);
  const onThePlan = pull ? (await onPlan(repo, pull)).filter((w) => since === null || w.at > since) : [];
  const counted = await writtenByWriters(onThePlan, isWriter);
  // Comments on the plan since its last revision are what this revision answers: none of them is left out here.
  const comments = [...(await writtenByWriters(await onIssue(repo, task.issue), isWriter)).slice(-MAX_ISSUE_COMMENTS), ...counted]
    .map(wordsOf)
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  return {
    at,
    settings: settings.value,
    commitRules: await loadCommitRules(repo, settings.value, work.requester),
    base,
    comments,
    references: await lookUp(repo, work, comments),
    images: await imagesOf(repo, work),
    head,
    former: formerAt === null ? null : ((await repo.file(path, formerAt))?.text ?? null),
    threads: [...new Set(counted.flatMap(({ thread }) => (thread === null ? [] : [thread])))],
  };
}

/**
 * The pull request that the record knows although GitHub does not list it yet. Without it a plan that was posted a moment ago looks like
 * none at all, and its branch, when it shows, like another author's.
 */
async function unlistedPull(repo: RepositoryForge, { planPull, since }: PlanWork, branch: string): Promise<PullRequest | null> {
  if (planPull == null) return null;
  const pull = await repo.pullRequest(planPull);
  // Pull requests cannot be deleted, but people can edit the record: only a plan that was posted must be there.
  if (pull === null && since !== null) throw notVisibleYet(branch);
  if (pull === null) return null;
  // The record can be edited by people: it must be ours, and this branch's.
  return pull.mine && pull.headRef === branch ? pull : null;
}

/**
 * Whether GitHub shows a branch as it was before its open pull request's head was pushed: a revision that were put onto that could not be
 * published, as though somebody else had changed the branch.
 */
const isBehind = async (repo: RepositoryForge, head: string | null, pushed: string): Promise<boolean> =>
  head === null || (head !== pushed && (await repo.mergeBase(head, pushed)) === head);

/** Few and small, because every turn sends them again, and the engine's database keeps them with the step. */
const IMAGE_LIMITS = { count: 5, each: 3_500_000, all: 8_000_000 };

/** Whether a text may show an image, in Markdown, by its HTML or by a bare address of an attachment. */
const MAY_SHOW = /!\[|<img\b|user-attachments/i;

const imagesOf = async (repo: RepositoryForge, { task, issueBody }: PlanWork): Promise<readonly ReadImage[]> =>
  MAY_SHOW.test(issueBody) ? repo.issueImages({ number: task.issue, body: issueBody }, IMAGE_LIMITS) : [];

async function lookUp(
  repo: RepositoryForge,
  { task, issueTitle, issueBody, notes }: PlanWork,
  comments: readonly AuthoredText[],
): Promise<Reference[]> {
  const texts = [issueTitle, issueBody, notes?.text ?? '', ...comments.map((c) => c.text)];
  const numbers = referencesIn(texts, task.repository, task.issue);
  const found = await Promise.all(numbers.map((number) => repo.issue(number)));
  return found
    .filter((issue) => issue !== null && issue !== 'gone')
    .map(({ number, title, state, isPullRequest }) => ({ number, title, state, kind: isPullRequest ? 'pull request' : 'issue' }));
}

interface Said {
  readonly author: Person;
  readonly at: string;
  readonly text: string;
  /** The first comment of the conversation it belongs to, where that is on a line. */
  readonly thread: number | null;
}

const wordsOf = ({ author, at, text }: Said): AuthoredText => ({ by: author.login, at, text });

const onIssue = async (repo: RepositoryForge, number: number): Promise<Said[]> =>
  (await repo.comments(number)).map((c) => ({ author: c.author, at: c.createdAt, text: c.body, thread: null }));

/** Comments, reviews, and unresolved conversations on lines, with their places. */
async function onPlan(repo: RepositoryForge, { number }: PullRequest): Promise<Said[]> {
  const reviews = (await repo.reviews(number)).filter((r) => r.body !== '' && r.state !== 'pending');
  const threads = (await repo.reviewThreads(number)).filter((t) => !t.resolved);
  return [
    ...(await onIssue(repo, number)),
    ...reviews.map((r) => ({ author: r.author, at: r.submittedAt, text: r.body, thread: null })),
    ...threads.flatMap((thread) =>
      thread.comments.map(({ author, createdAt, body }) => ({
        author,
        at: createdAt,
        text: `${placeOf(thread)}\n\n${body}`,
        thread: thread.comments[0].id,
      })),
    ),
  ];
}

function placeOf({ path, line, outdated, hunk }: ReviewThread): string {
  if (line === null) return `On ${path}:`;
  // Stripped on its own: a comment that begins in the quoted line must not hide the text after it.
  const quoted = stripHiddenText(hunk.split('\n').at(-1)?.slice(1) ?? '').text;
  return `On ${path} line ${line}${outdated ? ', which has changed since' : ''}:\n> ${quoted}`;
}

async function writtenByWriters(said: readonly Said[], isWriter: (person: Person) => Promise<boolean>): Promise<Said[]> {
  const counted: Said[] = [];
  for (const one of said) if (await isWriter(one.author)) counted.push(one);
  return counted;
}
