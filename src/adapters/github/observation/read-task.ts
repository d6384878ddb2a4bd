import { branchesOf, parseBranchName } from '../../../domain/task/branch-name.ts';
import type { HeadCheck } from '../../../domain/task/checks.ts';
import type { CheckRun } from '../../../ports/forge/checks.ts';
import type { Entry } from '../../../ports/forge/git-data.ts';
import type { Comment, Issue } from '../../../ports/forge/issues.ts';
import type { PullRequest } from '../../../ports/forge/pulls.ts';
import { type Access, nameOf } from '../access.ts';
import { ownAmong, type RunPayload } from '../checks/checks.ts';
import { inOrder, othersAmong, statusFrom } from '../checks/foreign-checks.ts';
import { graphqlOfWhatIsThere } from '../client/graphql.ts';
import { blobId } from '../git-data.ts';
import { taskQuery } from '../graphql-documents.ts';
import { type AppIdentity, accountOf, isWrittenByApp, personFrom } from '../person.ts';
import type { Read } from './read-once.ts';
import type { CommitNode, FileNode, Files, IssueNode, Page, PullNode, RepositoryNode, TaskNodes } from './task-nodes.ts';

/** What one query told of a task. */
export interface TaskAnswers {
  /**
   * Null where it does not answer that question; then REST does. `isListed`: it is always told, because GitHub lists the task's branches
   * with their pull requests.
   */
  about(read: Read, given: readonly unknown[]): { readonly value: unknown; readonly isListed: boolean } | null;
  /** What is at a path of the owner's `.github` repository; null where REST has to tell. */
  ofOwner(path: string): { readonly value: Entry | null } | null;
}

interface Asked {
  readonly issue: number;
  /** What the names of its branches are expected to begin with; where they begin otherwise, REST tells of them. */
  readonly prefix: string;
  readonly files: readonly string[];
  /** Of pull requests that are perhaps there without their branch. */
  readonly branches: readonly string[];
  readonly pulls: readonly number[];
}

/** A question and its answer, by the question's name and arguments. */
type Told = Map<string, { readonly value: unknown; readonly isListed: boolean }>;

export const NOTHING: TaskAnswers = { about: () => null, ofOwner: () => null };

/**
 * A whole task in one request, however many components it has. Left to REST is what approves (reviews, merged plans, and what people may
 * do), what did not fit on a page, and whatever looks other than it should.
 */
export async function readTask(access: Access, asked: Asked): Promise<TaskAnswers> {
  const { issue, prefix, files, branches, pulls } = asked;
  const variables = {
    ...access.at,
    issue,
    refs: `refs/heads/${branchesOf(prefix, issue)}`,
    ...aliased('file', files),
    ...aliased('branch', branches),
    ...aliased('pull', pulls),
  };
  const document = taskQuery(files.length, branches.length, pulls.length);
  const [found, app] = await Promise.all([graphqlOfWhatIsThere<TaskNodes>(access, document, variables), access.identity()]);
  const { repository } = found;
  // Under a new name it may be somebody else's: REST follows, and compares.
  if (repository?.nameWithOwner.toLowerCase() !== nameOf(access).toLowerCase()) return NOTHING;

  const told: Told = new Map();
  const remember = (read: Read, given: readonly unknown[], value: unknown, isListed = true): void =>
    void told.set(JSON.stringify([read, ...given]), { value, isListed });
  const rememberPull = (pull: PullRequest, isListed: boolean): void => {
    if (!approves(pull)) remember('pullRequest', [pull.number], pull, isListed);
  };
  const rememberBranch = (branch: string, page: Page<PullNode> | null | undefined, isListed: boolean): void => {
    if (!page || page.pageInfo.hasNextPage) return;
    const own = page.nodes.filter((node) => node.headRefName === branch && !node.isCrossRepository);
    const sorted = own.map((node) => pullRequestFrom(node, app)).sort((a, b) => b.number - a.number);
    if (!sorted.some(approves)) remember('pullRequestsFrom', [branch], sorted, isListed);
    for (const pull of sorted) rememberPull(pull, isListed);
  };

  for (const [i, number] of pulls.entries()) {
    const node = repository[`pull${i}`] as PullNode | null;
    if (node?.number === number) rememberPull(pullRequestFrom(node, app), false);
  }
  for (const [i, branch] of branches.entries())
    rememberBranch(branch, repository[`branch${i}`] as Page<PullNode> | null | undefined, false);
  rememberDefaultBranch(repository, files, remember);
  if (repository.issueOrPullRequest?.__typename === 'Issue') rememberIssue(repository.issueOrPullRequest, app, remember);
  const refs = repository.refs?.nodes ?? [];
  for (const { prefix, name, target, associatedPullRequests } of refs) {
    const branch = `${prefix}${name}`.replace(/^refs\/heads\//, '');
    rememberBranch(branch, associatedPullRequests, true);
    if (target === null) continue;
    remember('branchHead', [branch], target.oid);
    rememberChecks(access, target, app, remember);
  }
  const isWhole = repository.refs !== null && !repository.refs.pageInfo.hasNextPage;
  const ofOwner = filesIn(found.ofOwner?.defaultBranchRef?.target ?? {}, files);
  return {
    ofOwner: (path) => (ofOwner.has(path) ? { value: ofOwner.get(path) ?? null } : null),
    about(read, given) {
      const known = told.get(JSON.stringify([read, ...given]));
      if (known) return known;
      const [branch] = given;
      const isMissing = read === 'branchHead' && isWhole && String(branch).startsWith(branchesOf(prefix, issue));
      return isMissing ? { value: null, isListed: true } : null;
    },
  };
}

type Remember = (read: Read, given: readonly unknown[], value: unknown) => void;

const aliased = (name: string, values: readonly unknown[]) =>
  Object.fromEntries(values.map((value, i) => [`${name}${i}`, value]));

/** What approves is proven by REST: here the merge of a plan, and who has merged it. */
const approves = ({ headRef, merged }: PullRequest): boolean => merged && parseBranchName(headRef)?.part === 'plan';

function rememberDefaultBranch({ defaultBranchRef }: RepositoryNode, files: readonly string[], remember: Remember): void {
  const target = defaultBranchRef?.target;
  if (!defaultBranchRef || !target) return;
  remember('defaultBranch', [], { name: defaultBranchRef.name, sha: target.oid });
  remember('branchHead', [defaultBranchRef.name], target.oid);
  for (const [path, file] of filesIn(target, files)) remember('entry', [path, null], file);
}

/** Those that are clear, by path. */
function filesIn(commit: Files, paths: readonly string[]): Map<string, Entry | null> {
  const clear = new Map<string, Entry | null>();
  for (const [i, path] of paths.entries()) {
    const file = fileFrom((commit[`file${i}`] ?? null) as FileNode);
    if (file !== 'unclear') clear.set(path, file);
  }
  return clear;
}

/** A regular file's bits, of those that git keeps in a mode. */
const REGULAR = 0o100000;
const KIND = 0o170000;

/** Links, what is cut and what is no text REST shows as it is; as there, the text must be the very blob. */
function fileFrom(node: FileNode): Entry | null | 'unclear' {
  if (node === null) return null;
  const { oid, text, isBinary, isTruncated } = node.object ?? {};
  if ((node.mode & KIND) !== REGULAR || !oid || text == null || isBinary || isTruncated) return 'unclear';
  return blobId(Buffer.from(text), oid.length) === oid ? { kind: 'file', sha: oid, text } : 'unclear';
}

function rememberIssue(node: IssueNode, app: AppIdentity, remember: Remember): void {
  const { number, title, body, closedAt, locked, labels, comments } = node;
  const isOpen = node.state === 'OPEN';
  const closer = node.timelineItems.nodes.at(-1)?.actor ?? null;
  const issue: Issue = {
    number,
    title,
    body,
    author: personFrom(accountOf(node.author)),
    state: isOpen ? 'open' : 'closed',
    closedAt,
    closedBy: isOpen || closer === null ? null : personFrom(accountOf(closer)),
    labels: labels?.nodes.map(({ name }) => name) ?? [],
    isPullRequest: false,
    locked,
  };
  if (!labels?.pageInfo.hasNextPage) remember('issue', [number], issue);
  if (comments.pageInfo.hasNextPage) return;
  const said = comments.nodes.map(({ fullDatabaseId, author, body: text, createdAt, url }): Comment => {
    const account = accountOf(author);
    const by = { author: personFrom(account), mine: isWrittenByApp(app, account) };
    return { id: Number(fullDatabaseId), ...by, body: text, createdAt, url };
  });
  remember('comments', [number], said);
}

const pullRequestFrom = (node: PullNode, app: AppIdentity): PullRequest => ({
  number: node.number,
  title: node.title,
  body: node.body,
  state: node.state === 'OPEN' ? 'open' : 'closed',
  draft: node.isDraft,
  merged: node.merged,
  mergedBy: node.merged && node.mergedBy ? personFrom(accountOf(node.mergedBy)) : null,
  mergeCommit: node.merged ? (node.mergeCommit?.oid ?? null) : null,
  author: personFrom(accountOf(node.author)),
  mine: isWrittenByApp(app, accountOf(node.author)),
  headRef: node.headRefName,
  headSha: node.headRefOid,
  baseRef: node.baseRefName,
  url: node.url,
});

function rememberChecks(access: Access, { oid, status, checkSuites }: CommitNode, app: AppIdentity, remember: Remember): void {
  const found = checkSuites && runsIn(checkSuites, oid);
  if (!found) return;
  const runs = access.reported.added(nameOf(access), oid, found);
  const own: readonly CheckRun[] = ownAmong(runs, app);
  // GitHub counts what a rule of the branch waits for as a status, though nobody has set it.
  const set = (status?.contexts ?? []).filter(({ state }) => state !== 'EXPECTED');
  const statuses = set.map((s) => statusFrom(s.context, s.state.toLowerCase(), [s.description, s.targetUrl]));
  const others: readonly HeadCheck[] = inOrder([...othersAmong(runs, app), ...statuses]);
  remember('ownChecks', [oid], own);
  remember('foreignChecks', [oid], others);
}

/** As REST lists them, the newest first; null where they are not all here, or one does not say its number. */
function runsIn(suites: NonNullable<CommitNode['checkSuites']>, sha: string): RunPayload[] | null {
  if (suites.pageInfo.hasNextPage) return null;
  const runs: RunPayload[] = [];
  for (const { id, app, checkRuns } of suites.nodes) {
    if (checkRuns?.pageInfo.hasNextPage) return null;
    for (const run of checkRuns?.nodes ?? []) {
      const number = /\/(\d+)(?:[?#].*)?$/.exec(run.resourcePath)?.[1];
      if (number === undefined) return null;
      runs.push({
        id: Number(number),
        head_sha: sha,
        name: run.name,
        status: run.status.toLowerCase(),
        conclusion: run.conclusion?.toLowerCase() ?? null,
        external_id: run.externalId,
        completed_at: run.completedAt,
        output: { title: run.title },
        app: app && { id: app.databaseId ?? 0, slug: app.slug },
        check_suite: { id },
      });
    }
  }
  return runs.sort((a, b) => b.id - a.id);
}
