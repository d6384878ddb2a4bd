import { fullName, type RepositoryRef } from '../../domain/repository.ts';
import { taskOfPullRequest } from '../../publishing/own-pull-request.ts';
import { planPathOf } from '../../settings/plan-path.ts';
import { isSettingsPath, readSettingsFile } from '../../settings/settings-file.ts';
import { registerRetried } from '../engine/durable-retry.ts';
import { step } from '../engine/steps.ts';
import { deliveryOf } from '../shared/delivery-of.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import type { TaskSignals } from '../shared/task-signals.ts';
import { accountOf, followInstallationChange, type InstallationChange, placeOf } from './installation-changes.ts';
import { checkQueuedCommit, type QueuedCommit } from './merge-queue.ts';
import { checkOtherPullRequest, type OtherPullRequest, reportOnOtherPullRequest } from './other-pull-requests.ts';
import { handlePullRequestComment, type PullRequestComment } from './pull-request-comments.ts';
import { tasksOf } from './recover-tasks.ts';

/** The default branch moved, or one that may be the base of a task. */
export interface Pushed {
  readonly repository: RepositoryRef;
  /** Missing: the default branch. */
  readonly branch?: string;
  /** Its tips, before and now. */
  readonly before: string;
  readonly head: string;
  /** Paths the push changed; null: too many, or unknown. */
  readonly touched: readonly string[] | null;
}

/** Work that concerns a repository rather than one of its tasks, as deliveries ask for it. The same id is accepted once. @throws IntakeError */
export interface RepositoryWork {
  pull(pull: OtherPullRequest, id: string): Promise<void>;
  pushed(pushed: Pushed, id: string): Promise<void>;
  queued(commit: QueuedCommit, id: string): Promise<void>;
  commented(comment: PullRequestComment, id: string): Promise<void>;
  changed(change: InstallationChange, id: string): Promise<void>;
}

/** Registers the workflows under their permanent names; to be called once, before the engine is launched. */
export function registerRepositoryWork(ports: WorkflowPorts, workflows: TaskSignals): RepositoryWork {
  const pull = registerRetried<OtherPullRequest>({
    ...ports,
    name: 'pull',
    partition: ({ repository, number }) => `${fullName(repository)}!${number}`,
    run: (other) => checkOtherPullRequest(ports, other),
    about: ({ repository }) => ({ 'planwright.repository': fullName(repository) }),
  });
  const pushed = registerRetried<Pushed>({
    ...ports,
    name: 'pushed',
    partition: ({ repository }) => fullName(repository),
    run: (push) => followPush(ports, workflows, push),
    about: ({ repository }) => ({ 'planwright.repository': fullName(repository) }),
  });
  const queued = registerRetried<QueuedCommit>({
    ...ports,
    name: 'queued',
    partition: ({ repository, head }) => `${fullName(repository)}@${head}`,
    run: (commit) => checkQueuedCommit(ports, commit),
    about: ({ repository }) => ({ 'planwright.repository': fullName(repository) }),
  });
  const commented = registerRetried<PullRequestComment>({
    ...ports,
    name: 'commented',
    partition: ({ repository, number }) => `${fullName(repository)}!${number}`,
    run: (comment) => handlePullRequestComment(ports, workflows, comment),
    about: ({ repository }) => ({ 'planwright.repository': fullName(repository) }),
  });
  const changed = registerRetried<{ readonly kind: 'installation'; readonly change: InstallationChange; readonly id: string }>({
    ...ports,
    name: 'installation',
    partition: ({ change }) => accountOf(change),
    async run({ change, id }) {
      await followInstallationChange(ports, workflows, change, id);
      ports.telemetry.report({ kind: 'repository', repository: placeOf(change), delivery: deliveryOf(id), what: change.kind });
    },
    about: ({ change, id }) => ({ 'planwright.repository': placeOf(change), 'planwright.delivery': deliveryOf(id) }),
  });
  return {
    pull: pull.accept,
    pushed: pushed.accept,
    queued: queued.accept,
    commented: commented.accept,
    changed: (change, id) => changed.accept({ kind: 'installation', change, id }, id),
  };
}

/** Most pushes do not matter: only those to settings do, and to plans, which are Markdown files at any path. */
export const isRelevantPush = ({ branch, touched }: Pushed): boolean =>
  touched === null || touched.some((path) => (branch === undefined && isSettingsPath(path)) || path.endsWith('.md'));

async function followPush(ports: WorkflowPorts, workflows: TaskSignals, push: Pushed): Promise<void> {
  const { repository, branch, head, touched } = push;
  // Settings are read from the default branch only.
  if (branch === undefined && (touched === null || touched.some(isSettingsPath))) await followSettings(ports, workflows, push);
  for (const issue of await step('plans in the way', () => plansAt(ports, repository, touched))) {
    await workflows.signal({ repository, issue }, { kind: 'base_moved' }, `base:${head}:${fullName(repository)}#${issue}`);
  }
}

/** The issues whose open plan is at a path that the push has changed. */
async function plansAt(
  { forge, settings }: WorkflowPorts,
  repository: RepositoryRef,
  touched: Pushed['touched'],
): Promise<number[]> {
  const repo = forge.repository(repository);
  const loaded = await settings.recent(repo);
  if (!loaded.ok) return [];
  const { value } = loaded;
  const [before = '', after] = value.plan.path.split('{issue}');
  const mayBe = (path: string): boolean => (after === undefined ? path === before : path.startsWith(before));
  if (touched !== null && !touched.some(mayBe)) return [];
  const open = await repo.ownPulls();
  const belongings = await Promise.all(open.map((pull) => taskOfPullRequest(repo, pull)));
  const planned = belongings.flatMap((belonging) => (belonging?.part === 'plan' ? [belonging.issue] : []));
  return [...new Set(planned)].filter((issue) => touched?.includes(planPathOf(value, issue)) ?? true);
}

/**
 * Changed settings concern every task of the repository: tasks that had stopped over broken settings resume, and the other way
 * around.
 */
async function followSettings(ports: WorkflowPorts, workflows: TaskSignals, { repository, before, head }: Pushed): Promise<void> {
  const answered = await step('settings before', () => askedForAll(ports, repository, before));
  for (const governed of await step('repositories', () => governedBy(ports, repository))) {
    for (const pull of answered ? [] : await step('open pull requests', () => unanswered(ports, governed)))
      await step('others', () => reportOnOtherPullRequest(ports, ports.forge.repository(governed), pull));
    const issues = await step('tasks', async () => [...(await tasksOf(ports, governed))]);
    for (const issue of issues) {
      const task = { repository: governed, issue };
      await workflows.signal(task, { kind: 'hint' }, `settings:${head}:${fullName(governed)}#${issue}`);
    }
  }
}

/**
 * More would count noticeably against GitHub's limits; pull requests that have not changed for longer are checked at their next
 * head.
 */
const MOST_PULLS = 100;

/** Whether the settings at a commit request checks on all pull requests. */
async function askedForAll({ forge, settings }: WorkflowPorts, repository: RepositoryRef, commit: string): Promise<boolean> {
  const file = await readSettingsFile(forge.repository(repository), commit);
  const parsed = file && (await settings.parse(file));
  return parsed?.ok === true && parsed.value.checks.all_pull_requests;
}

/** Other people's open pull requests, where the settings request checks on them. */
async function unanswered(
  { forge, settings }: WorkflowPorts,
  repository: RepositoryRef,
): Promise<Omit<OtherPullRequest, 'repository' | 'base'>[]> {
  const repo = forge.repository(repository);
  const now = await settings.load(repo);
  if (!now.ok || !now.value.checks.all_pull_requests) return [];
  return (await repo.openPullRequests(MOST_PULLS)).flatMap(({ number, headSha: head, headRef, fork, mine }) =>
    mine ? [] : [{ number, head, byBot: false, branch: fork ? null : headRef }],
  );
}

/** The repositories that a repository's settings file may govern: itself, or all of its owner's. */
async function governedBy({ forge }: WorkflowPorts, repository: RepositoryRef): Promise<RepositoryRef[]> {
  if (repository.name !== '.github') return [repository];
  const found: RepositoryRef[] = [];
  for await (const other of forge.repositories()) if (other.owner === repository.owner) found.push(other);
  return found;
}
