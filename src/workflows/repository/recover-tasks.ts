import type { Logger } from 'pino';
import { fullName, type RepositoryRef } from '../../domain/repository.ts';
import { isStatusOf } from '../../domain/task/marker.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { ForgeError, type RefusalReason } from '../../ports/forge/forge-error.ts';
import { taskOfPullRequest } from '../../publishing/own-pull-request.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import type { TaskSignals } from '../shared/task-signals.ts';

/**
 * A task whose pull requests were all closed longer ago than this while no bot was running is not recovered; any command brings it
 * back.
 */
const LOOK_BACK_MS = 30 * 24 * 3_600_000;

/** The label that is assumed where the settings cannot be read. */
const DEFAULT_TRIGGER = 'plan';

/**
 * Observes every task in these repositories once, as after a start: this finds what happened while no bot was running, and brings
 * tasks back after the loss of the database. Where there are none yet, it creates the label that starts one. A repository that
 * cannot be read does not hold up the others.
 * @returns the repositories that could not be read
 */
export async function recoverTasks(
  ports: WorkflowPorts,
  workflows: TaskSignals,
  repositories: AsyncIterable<RepositoryRef> | Iterable<RepositoryRef> = ports.forge.repositories(),
): Promise<RepositoryRef[]> {
  const round = ports.clock.now();
  const unread: RepositoryRef[] = [];
  for await (const repository of repositories) {
    try {
      for (const issue of await tasksOf(ports, repository)) {
        await workflows.signal({ repository, issue }, { kind: 'hint' }, `start:${round}:${fullName(repository)}#${issue}`);
      }
    } catch (error) {
      ports.log.warn({ err: error, repository: fullName(repository) }, 'Tasks of this repository could not be recovered yet');
      unread.push(repository);
    }
  }
  return unread;
}

/** Refusals of a whole repository that no retry changes: the next start reads it again. */
const WITHOUT_TASKS: ReadonlySet<RefusalReason> = new Set(['blocked', 'issues_disabled']);

/** The issues of a repository that are tasks, were tasks recently, or have the label that starts one. */
export async function tasksOf(ports: WorkflowPorts, repository: RepositoryRef): Promise<Set<number>> {
  try {
    return await findTasks(ports, repository);
  } catch (error) {
    if (!(error instanceof ForgeError && WITHOUT_TASKS.has(error.reason))) throw error;
    ports.log.info({ err: error, repository: fullName(repository) }, 'This repository can have no tasks');
    return new Set();
  }
}

async function findTasks({ forge, settings, clock, log }: WorkflowPorts, repository: RepositoryRef): Promise<Set<number>> {
  const repo = forge.repository(repository);
  const issues = new Set<number>();
  const since = new Date(clock.now() - LOOK_BACK_MS).toISOString();
  const own = await repo.ownPullsSince(since);
  const issuesOf = async (pulls: typeof own.open) =>
    new Set((await Promise.all(pulls.map(async (pull) => (await taskOfPullRequest(repo, pull))?.issue ?? []))).flat());
  for (const issue of await issuesOf(own.open)) issues.add(issue);
  const loaded = await settings.load(repo);
  const labels = (loaded.ok ? loaded.value : await settings.lastGood(repo))?.trigger.labels ?? [DEFAULT_TRIGGER];
  for (const label of labels) for (const { number } of await repo.issuesLabelled(label)) issues.add(number);
  // Only the open issue with its status comment is left of a task whose last pull request was merged while no bot was running, and there is no
  // more yet of one that a command has started and that is being planned.
  for (const issue of new Set([...(await issuesOf(own.closed)), ...(await issuesWithStatus(repo, since))])) {
    if (issues.has(issue)) continue;
    const found = await repo.issue(issue);
    if (found !== 'gone' && found?.state === 'open') issues.add(issue);
  }
  for (const label of labels) await offer(repo, label, log);
  return issues;
}

/** Where GitHub refuses the label (the repository is archived, or a permission is missing), people can still start tasks by a comment. */
async function offer(repo: RepositoryForge, label: string, log: Logger): Promise<void> {
  try {
    await repo.ensureLabel(label, '1d76db', 'Planwright plans this issue');
  } catch (error) {
    if (!(error instanceof ForgeError) || error.retryAt !== null || error.reason === 'unavailable') throw error;
    log.info({ err: error, repository: fullName(repo.repository), label }, 'The label that starts a task could not be created');
  }
}

const issuesWithStatus = async (repo: RepositoryForge, since: string): Promise<number[]> =>
  (await repo.ownCommentsSince(since)).filter(({ on, body }) => isStatusOf(body, on)).map(({ on }) => on);
