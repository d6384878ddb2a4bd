import type { EmitterWebhookEvent } from '@octokit/webhooks';
import type { RepositoryRef } from '../domain/repository.ts';
import { type BranchName, DEFAULT_PREFIX, parseBranchName } from '../domain/task/branch-name.ts';
import { namesUs, parseCommand, startsWithMention } from '../domain/task/command.ts';
import type { Fact } from '../domain/task/fact.ts';
import { issueDigest } from '../domain/task/issue-digest.ts';
import { isStatusOf, issueOfPullRequestBody } from '../domain/task/marker.ts';
import type { Signal } from '../domain/task/signal.ts';
import { type ClassifiedEvent, IGNORED } from './classified-event.ts';
import { rerunElsewhere } from './classify-pull-request.ts';
import { touchedBy } from './classify-push.ts';
import * as whole from './classify-repository.ts';

const HINT: Signal = { kind: 'hint' };
const announcing = (fact: Fact | null): Signal => (fact === null ? HINT : { kind: 'hint', fact });

/** Whether a branch is the task's depends on settings, which are not known here: whoever observes the task asks for them. */
const announcingUnder = ({ prefix }: BranchName, fact: Fact | null): Extract<Signal, { kind: 'hint' }> => ({
  kind: 'hint',
  ...(fact === null ? {} : { fact }),
  ...(prefix === DEFAULT_PREFIX ? {} : { under: prefix }),
});

/** The events the App subscribes to and acts on; everything else is answered and ignored. */
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
type IssueCommentEdited = EmitterWebhookEvent<'issue_comment.edited'>['payload'];

/**
 * GitHub's types promise more than its payloads deliver: fields are null that never were before. A delivery in which something is
 * missing that it is about is ignored; answered as a failure it would only be sent again.
 * @param appId this App's: its own checks are no news to it.
 * @param slug the App's, by which people mention it; null until GitHub has said it.
 */
export function classify(event: KnownEvent, appId: number, slug: string | null = null): ClassifiedEvent {
  try {
    return meaningOf(event, appId, slug);
  } catch (error) {
    if (error instanceof TypeError) return IGNORED;
    throw error;
  }
}

function meaningOf(event: KnownEvent, appId: number, slug: string | null): ClassifiedEvent {
  switch (event.name) {
    case 'issues':
      return issue(event.payload, slug);
    case 'issue_comment':
      return comment(event.payload, appId, slug);
    case 'pull_request':
      return pullRequest(event.payload);
    case 'pull_request_review':
      return review(event.payload);
    case 'check_run':
      return checkRun(event.payload, appId);
    case 'check_suite':
      return checkSuite(event.payload, appId);
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

function issue(payload: PayloadOf<'issues'>, slug: string | null): ClassifiedEvent {
  const repository = repositoryOf(payload);
  if (!repository) return IGNORED;
  const { number, title, body } = payload.issue;
  const by = payload.sender.login;
  const about = (signal: Signal): ClassifiedEvent => ({ kind: 'signal', repository, issue: number, signal });
  if (payload.action === 'transferred') return about({ kind: 'gone', to: payload.changes.new_repository.full_name });
  if (payload.action === 'deleted') return about({ kind: 'gone', to: null });
  // Locking a conversation stops its task and unlocking it resumes the task, also when a bot does it: bots lock old issues, too.
  if (payload.action === 'locked' || payload.action === 'unlocked')
    return about(announcing({ kind: 'issue_locked', locked: payload.action === 'locked' }));
  // An issue that a bot closes is closed; what else bots do to issues is ignored, except that the settings may name some whose labels count.
  const bot = isBot(payload.sender);
  if (bot && (payload.action !== 'labeled' || isThisApp(by, slug)))
    return payload.action === 'closed' ? about(announcing({ kind: 'issue_state', state: 'closed' })) : IGNORED;
  switch (payload.action) {
    case 'labeled':
      if (!payload.label) return IGNORED;
      return about({
        kind: 'labelled',
        label: payload.label.name,
        by,
        ...(bot ? { bot } : {}),
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
      return changesTheText(payload)
        ? about({ kind: 'edited', by, at: payload.issue.updated_at, digest: issueDigest({ title, body: body ?? '' }) })
        : IGNORED;
    default:
      return IGNORED;
  }
}

/** A tick in a task list is no change, whoever sets it: it must not renew what somebody else has written in the meantime. */
function changesTheText({ issue, changes }: Extract<PayloadOf<'issues'>, { action: 'edited' }>): boolean {
  if (!changes.title && !changes.body) return false;
  const { title, body } = issue;
  const former = { title: changes.title?.from ?? title, body: (changes.body ? changes.body.from : body) ?? '' };
  return issueDigest(former) !== issueDigest({ title, body: body ?? '' });
}

function comment(payload: PayloadOf<'issue_comment'>, appId: number, slug: string | null): ClassifiedEvent {
  const repository = repositoryOf(payload);
  if (repository && payload.action === 'edited' && !isBot(payload.sender) && wasStatus(payload, appId, slug)) {
    const { updated_at: at, html_url: url } = payload.comment;
    const signal: Signal = { kind: 'status_edited', editor: payload.sender.login, at, url };
    return { kind: 'signal', repository, issue: payload.issue.number, signal };
  }
  if (repository && payload.action === 'deleted' && isStatusOf(payload.comment.body, payload.issue.number)) {
    const signal: Signal = { kind: 'status_deleted', comment: payload.comment.id };
    return { kind: 'signal', repository, issue: payload.issue.number, signal };
  }
  if (!repository || payload.action !== 'created') return IGNORED;
  const bot = isBot(payload.sender) || isBot(payload.comment.user);
  if (bot) return commandOfBot(payload, repository, isThisApp(payload.comment.user?.login ?? '', slug));
  const isMention = slug !== null && startsWithMention(payload.comment.body, slug);
  const command = isMention ? ({ kind: 'introduce', mention: true } as const) : parseCommand(payload.comment.body);
  if (!command) return IGNORED;
  const { number, title, body, user } = payload.issue;
  const onPullRequest = payload.issue.pull_request != null;
  const onPersons = onPullRequest && !isBot(user);
  if (onPersons && !namesUs(command)) return IGNORED;
  const signal: Signal = {
    kind: 'command',
    command,
    by: payload.sender.login,
    at: payload.comment.created_at,
    comment: { kind: 'issue_comment', id: payload.comment.id, node: payload.comment.node_id },
    on: number,
    issueText: onPullRequest ? null : { title, body: body ?? '' },
  };
  // The marker counts only in what an App wrote; the observation checks that it was this one. Where people have removed it, the
  // branch says it, which this payload does not name.
  const issueNumber = onPullRequest && !onPersons ? issueOfPullRequestBody(body ?? '') : number;
  return issueNumber === null
    ? { kind: 'on_pull_request', comment: { repository, number, signal } }
    : { kind: 'signal', repository, issue: issueNumber, signal };
}

/** The settings may name bots that start plans; nothing else that a bot says is listened to, and never what this App says itself. */
function commandOfBot(
  { comment, issue, sender }: PayloadOf<'issue_comment'>,
  repository: RepositoryRef,
  isOurs: boolean,
): ClassifiedEvent {
  const command = parseCommand(comment.body);
  if (isOurs || command?.kind !== 'plan' || issue.pull_request != null || sender.login !== comment.user?.login) return IGNORED;
  const signal: Signal = {
    kind: 'command',
    command,
    by: sender.login,
    bot: true,
    at: comment.created_at,
    comment: { kind: 'issue_comment', id: comment.id, node: comment.node_id },
    on: issue.number,
    issueText: { title: issue.title, body: issue.body ?? '' },
  };
  return { kind: 'signal', repository, issue: issue.number, signal };
}

/** Until GitHub has said what this App is called, any bot may be it. */
const isThisApp = (login: string, slug: string | null): boolean => slug === null || login === `${slug}[bot]`;

/** Whether an edited comment was this App's status comment before; the edit may have taken its marker out. */
function wasStatus({ comment, issue, changes }: IssueCommentEdited, appId: number, slug: string | null): boolean {
  if (changes.body === undefined || !isBot(comment.user)) return false;
  const isOurs = comment.performed_via_github_app?.id === appId || (slug !== null && comment.user?.login === `${slug}[bot]`);
  return isOurs && isStatusOf(changes.body.from, issue.number);
}

function review(payload: PayloadOf<'pull_request_review'>): ClassifiedEvent {
  const repository = repositoryOf(payload);
  const branch = ownBranch(payload.pull_request, repository);
  if (!repository || branch === null || isBot(payload.sender)) return IGNORED;
  const about = (signal: Signal): ClassifiedEvent => ({ kind: 'signal', repository, issue: branch.issue, signal });
  const { id, node_id: node, body, state, submitted_at } = payload.review;
  const on = payload.pull_request.number;
  if (payload.action === 'dismissed') return about(announcing({ kind: 'review', on, id, state: 'dismissed' }));
  if (payload.action !== 'submitted') return about(HINT);
  const said = {
    by: payload.sender.login,
    at: submitted_at ?? payload.pull_request.updated_at,
    comment: { kind: 'review', id, node },
    on,
  } as const;
  const command = parseCommand(body ?? '');
  if (command) return about({ kind: 'command', command, ...said, issueText: null });
  if (state === 'approved' && branch.part === 'plan') return about({ kind: 'approved', by: said.by, on, review: id });
  if (state !== 'changes_requested') return about(HINT);
  return about(branch.part === 'plan' ? announcing({ kind: 'review', on, id, state }) : { kind: 'changes_requested', ...said });
}

function pullRequest(payload: PayloadOf<'pull_request'>): ClassifiedEvent {
  if (!['closed', 'reopened', 'synchronize'].includes(payload.action)) return IGNORED;
  const repository = repositoryOf(payload);
  const branch = ownBranch(payload.pull_request, repository);
  // This bot's own changes to its pull request are known already; other bots merge from queues, and push reformatted code.
  const itself = isBot(payload.sender) && payload.sender?.login === payload.pull_request.user?.login;
  if (!repository || branch === null || (itself && payload.action !== 'closed')) return IGNORED;
  return { kind: 'signal', repository, issue: branch.issue, signal: announcing(pullFact(payload)) };
}

function pullFact(payload: PayloadOf<'pull_request'>): Fact {
  const { number, head, state, merged } = payload.pull_request;
  if (payload.action === 'synchronize') return { kind: 'head_moved', branch: head.ref, from: payload.before };
  return { kind: 'pull', number, state: state === 'open' ? 'open' : 'closed', merged: merged === true };
}

/**
 * A check run that has begun sends another event when it ends. GitHub does not name the branch of a commit that it found on its
 * own.
 */
function checkRun(payload: PayloadOf<'check_run'>, appId: number): ClassifiedEvent {
  const { id: run, name, head_sha: head, app, check_suite, pull_requests } = payload.check_run;
  if (app?.id === appId) return rerun(payload, head, check_suite.head_branch ?? headOf(pull_requests));
  if (payload.action !== 'completed') return IGNORED;
  return checkHint(payload, check_suite.head_branch ?? headOf(pull_requests), { kind: 'check', head, name, run });
}

function checkSuite(payload: PayloadOf<'check_suite'>, appId: number): ClassifiedEvent {
  const { app, head_branch, head_sha: head, pull_requests } = payload.check_suite;
  if (app?.id === appId) return rerun(payload, head, head_branch ?? headOf(pull_requests));
  if (payload.action !== 'completed') return IGNORED;
  return checkHint(payload, head_branch ?? headOf(pull_requests), null);
}

/** Somebody pressed "Re-run" at our check: GitHub changes nothing about it itself. Other events of our checks are our own doing. */
function rerun(
  payload: FromRepository & { readonly action: string },
  head: string,
  ref: string | null | undefined,
): ClassifiedEvent {
  const repository = repositoryOf(payload);
  const branch = ref ? parseBranchName(ref) : null;
  if (payload.action !== 'rerequested' || !repository) return IGNORED;
  if (!branch) return rerunElsewhere(payload, repository);
  return { kind: 'signal', repository, issue: branch.issue, signal: { ...announcingUnder(branch, null), rerun: head } };
}

const headOf = (pulls: readonly OnBranch[]): string | undefined => pulls[0]?.head.ref;

interface OnBranch {
  readonly head: { readonly ref: string };
}

/** It is about a commit, and names the branches that have it at their head. */
function status(payload: PayloadOf<'status'>): ClassifiedEvent {
  const ours = payload.branches.find(({ name }) => parseBranchName(name));
  const fact = { kind: 'check', head: payload.sha, name: payload.context, run: null } as const;
  return ours && payload.state !== 'pending' ? checkHint(payload, ours.name, fact) : IGNORED;
}

/** The checks of others on a plan's branch are not waited for. */
const checkHint = (payload: FromRepository, branch: string | null | undefined, fact: Fact | null): ClassifiedEvent =>
  !branch || parseBranchName(branch)?.part === 'plan' ? IGNORED : branchHint(payload, branch, fact);

function push(payload: PayloadOf<'push'>): ClassifiedEvent {
  const repository = repositoryOf(payload);
  const queued = QUEUED.exec(payload.ref);
  if (queued !== null)
    return repository && !payload.deleted
      ? { kind: 'queued', commit: { repository, head: payload.after, number: Number(queued[1]) } }
      : IGNORED;
  if (repository && payload.ref === `refs/heads/${payload.repository.default_branch}`)
    return payload.deleted
      ? IGNORED
      : { kind: 'pushed', push: { repository, before: payload.before, head: payload.after, touched: touchedBy(payload) } };
  const branch = payload.ref.replace(/^refs\/heads\//, '');
  // A deleted branch is news, whoever deleted it, and has no head to wait for; pushes by bots are ignored, because most are this
  // one's.
  if (payload.deleted) return branchHint(payload, branch, null);
  if (repository && parseBranchName(branch) === null) {
    // It may be the base of some task, where a plan must stay mergeable. A branch that was just made or rewritten is nobody's base.
    const touched = payload.ref.startsWith('refs/heads/') ? touchedBy(payload) : null;
    return touched === null
      ? IGNORED
      : { kind: 'pushed', push: { repository, branch, before: payload.before, head: payload.after, touched } };
  }
  return isBot(payload.sender) ? IGNORED : branchHint(payload, branch, { kind: 'head_moved', branch, from: payload.before });
}

/** The branches on which a merge queue tries a pull request: `gh-readonly-queue/BASE/pr-NUMBER-SHA`. */
const QUEUED = /^refs\/heads\/gh-readonly-queue\/.+\/pr-([1-9][0-9]*)-[0-9a-f]{40,64}$/;

function branchHint(payload: FromRepository, ref: string, fact: Fact | null): ClassifiedEvent {
  const repository = repositoryOf(payload);
  const branch = parseBranchName(ref);
  return repository && branch
    ? { kind: 'signal', repository, issue: branch.issue, signal: announcingUnder(branch, fact) }
    : IGNORED;
}

/**
 * The branch name of a pull request from this very repository; a fork may give its branches any name. Under another prefix than the default
 * people may have branches with such names, and what is certain there is only that our pull requests are a bot's.
 */
function ownBranch(
  {
    head,
    user,
  }: {
    readonly head: { readonly ref: string; readonly repo: { readonly full_name: string } | null };
    readonly user?: { readonly type?: string | undefined } | null;
  },
  repository: RepositoryRef | null,
) {
  if (!repository || head.repo?.full_name !== `${repository.owner}/${repository.name}`) return null;
  const branch = parseBranchName(head.ref);
  return branch?.prefix === DEFAULT_PREFIX || isBot(user) ? branch : null;
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
