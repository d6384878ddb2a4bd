import type { EmitterWebhookEvent } from '@octokit/webhooks';
import type { RepositoryRef } from '../domain/repository.ts';
import { BRANCH_PREFIX, parseBranchName } from '../domain/task/branch-name.ts';
import { parseCommand } from '../domain/task/command.ts';
import { issueOfPullRequestBody } from '../domain/task/marker.ts';
import type { Signal } from '../domain/task/signal.ts';
import { touchedBy } from './classify-push.ts';
import * as whole from './classify-repository.ts';
import { IGNORED, type Meaning } from './meaning.ts';

const HINT: Signal = { kind: 'hint' };

/** The events the App subscribes to and acts on; everything else is answered and forgotten. */
export type KnownEvent = EmitterWebhookEvent<
  | 'issues'
  | 'issue_comment'
  | 'pull_request'
  | 'pull_request_review'
  | 'check_run'
  | 'check_suite'
  | 'status'
  | 'push'
  | 'installation'
  | 'installation_repositories'
  | 'installation_target'
  | 'repository'
>;
type PayloadOf<N extends KnownEvent['name']> = EmitterWebhookEvent<N>['payload'];

/**
 * GitHub's types promise more than its payloads keep: fields are null that never were before. A delivery in which something is missing that
 * it is about means nothing to us; answered as a failure it would only be sent again.
 * @param appId this App's: its own checks are no news to it.
 */
export function classify(event: KnownEvent, appId: number): Meaning {
  try {
    return meaningOf(event, appId);
  } catch (error) {
    if (error instanceof TypeError) return IGNORED;
    throw error;
  }
}

function meaningOf(event: KnownEvent, appId: number): Meaning {
  switch (event.name) {
    case 'issues':
      return issue(event.payload);
    case 'issue_comment':
      return comment(event.payload);
    case 'pull_request':
      return pullRequest(event.payload);
    case 'pull_request_review':
      return review(event.payload);
    case 'check_run':
      return check(event.payload, event.payload.check_run, event.payload.check_run.check_suite.head_branch, appId);
    case 'check_suite':
      return check(event.payload, event.payload.check_suite, event.payload.check_suite.head_branch, appId);
    case 'status':
      return status(event.payload);
    case 'push':
      return push(event.payload);
    case 'installation':
      return whole.installation(event.payload);
    case 'installation_repositories':
      return whole.installationRepositories(event.payload);
    case 'installation_target':
      return whole.installationTarget(event.payload);
    case 'repository':
      return whole.repository(event.payload);
  }
}

function issue(payload: PayloadOf<'issues'>): Meaning {
  const repository = repositoryOf(payload);
  if (!repository) return IGNORED;
  const { number, title, body } = payload.issue;
  const by = payload.sender.login;
  const about = (signal: Signal): Meaning => ({ kind: 'signal', repository, issue: number, signal });
  if (payload.action === 'transferred') return about({ kind: 'gone', to: payload.changes.new_repository.full_name });
  if (payload.action === 'deleted') return about({ kind: 'gone', to: null });
  // A bot that closes old issues has closed it for everybody; whatever else bots do to issues is not for us.
  // A locked conversation stops its task and an unlocked one resumes it, and bots lock old issues, too.
  if (payload.action === 'locked' || payload.action === 'unlocked') return about(HINT);
  if (isBot(payload.sender)) return payload.action === 'closed' ? about(HINT) : IGNORED;
  switch (payload.action) {
    case 'labeled':
      if (!payload.label) return IGNORED;
      return about({
        kind: 'labelled',
        label: payload.label.name,
        by,
        at: payload.issue.updated_at,
        issueText: { title, body: body ?? '' },
      });
    case 'unlabeled':
      return payload.label ? about({ kind: 'unlabelled', label: payload.label.name, by }) : IGNORED;
    case 'closed':
      return about({ kind: 'closed', by });
    case 'reopened':
      return about({ kind: 'reopened', by, at: payload.issue.updated_at });
    case 'edited':
      return payload.changes.title || payload.changes.body
        ? about({ kind: 'edited', by, at: payload.issue.updated_at })
        : IGNORED;
    default:
      return IGNORED;
  }
}

function comment(payload: PayloadOf<'issue_comment'>): Meaning {
  const repository = repositoryOf(payload);
  if (!repository || payload.action !== 'created' || isBot(payload.sender) || isBot(payload.comment.user)) return IGNORED;
  const command = parseCommand(payload.comment.body);
  if (!command) return IGNORED;
  const { number, title, body, user } = payload.issue;
  const onPullRequest = payload.issue.pull_request != null;
  if (onPullRequest && !isBot(user)) return IGNORED;
  const signal: Signal = {
    kind: 'command',
    command,
    by: payload.sender.login,
    at: payload.comment.created_at,
    comment: { kind: 'issue_comment', id: payload.comment.id },
    on: number,
    issueText: onPullRequest ? null : { title, body: body ?? '' },
  };
  // The marker counts only in what an App wrote; observing checks that it was this one. Where people have taken it out, the branch
  // tells, which this payload does not name.
  const issueNumber = onPullRequest ? issueOfPullRequestBody(body ?? '') : number;
  return issueNumber === null
    ? { kind: 'on_pull_request', comment: { repository, number, signal } }
    : { kind: 'signal', repository, issue: issueNumber, signal };
}

function review(payload: PayloadOf<'pull_request_review'>): Meaning {
  const repository = repositoryOf(payload);
  const branch = ownBranch(payload.pull_request.head, repository);
  if (!repository || branch === null || isBot(payload.sender)) return IGNORED;
  const about = (signal: Signal): Meaning => ({ kind: 'signal', repository, issue: branch.issue, signal });
  if (payload.action !== 'submitted') return about(HINT);
  const { id, node_id: node, body, state, submitted_at } = payload.review;
  const said = {
    by: payload.sender.login,
    at: submitted_at ?? payload.pull_request.updated_at,
    comment: { kind: 'review', id, node },
    on: payload.pull_request.number,
  } as const;
  const command = parseCommand(body ?? '');
  if (command) return about({ kind: 'command', command, ...said, issueText: null });
  if (state === 'approved' && branch.part === 'plan') return about({ kind: 'approved', by: said.by, on: said.on });
  return about(state === 'changes_requested' && branch.part !== 'plan' ? { kind: 'changes_requested', ...said } : HINT);
}

function pullRequest(payload: PayloadOf<'pull_request'>): Meaning {
  if (!['closed', 'reopened', 'synchronize'].includes(payload.action)) return IGNORED;
  const repository = repositoryOf(payload);
  const branch = ownBranch(payload.pull_request.head, repository);
  // What this bot did itself to its pull request it knows already; other bots merge from queues, and push what they reformatted.
  const itself = isBot(payload.sender) && payload.sender?.login === payload.pull_request.user?.login;
  if (!repository || branch === null || (itself && payload.action !== 'closed')) return IGNORED;
  return { kind: 'signal', repository, issue: branch.issue, signal: HINT };
}

/** One that has begun is told of when it ends. GitHub does not know the branch of a commit that it came to see on its own. */
function check(
  payload: PayloadOf<'check_run' | 'check_suite'>,
  { app, pull_requests }: { readonly app: { readonly id?: number | null } | null; readonly pull_requests: readonly OnBranch[] },
  branch: string | null | undefined,
  appId: number,
): Meaning {
  if (payload.action !== 'completed' || app?.id === appId) return IGNORED;
  return checkHint(payload, branch ?? pull_requests[0]?.head.ref);
}

interface OnBranch {
  readonly head: { readonly ref: string };
}

/** It is about a commit, and names the branches that have it at their head. */
function status(payload: PayloadOf<'status'>): Meaning {
  const ours = payload.branches.find(({ name }) => parseBranchName(name));
  return ours && payload.state !== 'pending' ? checkHint(payload, ours.name) : IGNORED;
}

/** What others check on a plan's branch is nothing to wait for. */
const checkHint = (payload: FromRepository, branch: string | null | undefined): Meaning =>
  !branch || parseBranchName(branch)?.part === 'plan' ? IGNORED : branchHint(payload, branch);

function push(payload: PayloadOf<'push'>): Meaning {
  const repository = repositoryOf(payload);
  if (repository && payload.ref === `refs/heads/${payload.repository.default_branch}`)
    return payload.deleted
      ? IGNORED
      : { kind: 'pushed', push: { repository, before: payload.before, head: payload.after, touched: touchedBy(payload) } };
  // A branch that is gone is news whoever deleted it; what bots push to it is theirs, and mostly this one's.
  return isBot(payload.sender) && !payload.deleted ? IGNORED : branchHint(payload, payload.ref.replace(/^refs\/heads\//, ''));
}

function branchHint(payload: FromRepository, ref: string): Meaning {
  const repository = repositoryOf(payload);
  const branch = parseBranchName(ref);
  return repository && branch ? { kind: 'signal', repository, issue: branch.issue, signal: HINT } : IGNORED;
}

/** The branch name of a pull request from this very repository; a fork may call its branches what it likes. */
function ownBranch(
  head: { readonly ref: string; readonly repo: { readonly full_name: string } | null },
  repository: RepositoryRef | null,
) {
  if (!repository || !head.ref.startsWith(BRANCH_PREFIX) || head.repo?.full_name !== `${repository.owner}/${repository.name}`)
    return null;
  return parseBranchName(head.ref);
}

interface FromRepository {
  readonly repository?: {
    readonly name: string;
    readonly owner: { readonly login?: string; readonly name?: string | null } | null;
  };
  readonly installation?: { readonly id: number } | undefined;
}

function repositoryOf({ repository, installation }: FromRepository): RepositoryRef | null {
  const owner = repository?.owner?.login ?? repository?.owner?.name;
  return repository && owner && installation ? { owner, name: repository.name, installation: installation.id } : null;
}

const isBot = (user: { readonly type?: string | undefined } | null | undefined): boolean => user?.type === 'Bot';
