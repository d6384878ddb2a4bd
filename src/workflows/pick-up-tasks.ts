import { issueOfPullRequestBody } from '../domain/marker.ts';
import type { RepositoryRef } from '../domain/repository.ts';
import { PLANWRIGHT_LABEL } from '../publishing/pull-request.ts';
import type { WorkflowPorts } from './ports.ts';
import type { Workflows } from './register.ts';

/** A task all of whose pull requests were closed longer ago than this while nobody listened is not looked for; any command brings it back. */
const LOOK_BACK_MS = 30 * 24 * 3_600_000;

/**
 * Looks once at every task there is in these repositories, as after a start: deliveries that came while nobody listened are not sent
 * again by GitHub, and after the loss of the database this is what brings tasks back. Where there are none yet, people find the label
 * to begin with. One repository that cannot be read does not hold up the others.
 */
export async function pickUpTasks(
  { forge, settings, clock, log }: WorkflowPorts,
  workflows: Workflows,
  repositories: AsyncIterable<RepositoryRef> | Iterable<RepositoryRef> = forge.repositories(),
): Promise<void> {
  const round = clock.now();
  for await (const repository of repositories) {
    try {
      for (const issue of await tasksOf(repository)) {
        await workflows.signal(
          { repository, issue },
          { kind: 'hint' },
          `start:${round}:${repository.owner}/${repository.name}#${issue}`,
        );
      }
    } catch (error) {
      log.warn(
        { err: error, repository: `${repository.owner}/${repository.name}` },
        'its tasks are not picked up now; the next event does it',
      );
    }
  }

  async function tasksOf(repository: RepositoryRef): Promise<Set<number>> {
    const repo = forge.repository(repository);
    const issues = new Set<number>();
    const since = new Date(round - LOOK_BACK_MS).toISOString();
    const bodies = await repo.ownBodiesLabelled(PLANWRIGHT_LABEL, since);
    for (const issue of bodies.open.map(issueOfPullRequestBody)) if (issue !== null) issues.add(issue);
    // The last pull request may have been merged in our absence, with nothing open left to tell of the task but its issue.
    for (const issue of new Set(bodies.closed.map(issueOfPullRequestBody))) {
      if (issue !== null && !issues.has(issue) && (await repo.issue(issue))?.state === 'open') issues.add(issue);
    }
    const loaded = await settings.load(repo);
    for (const label of loaded.ok ? loaded.value.trigger.labels : []) {
      await repo.ensureLabel(label, '1d76db', 'Planwright plans this issue');
      for (const { number } of await repo.issuesLabelled(label)) issues.add(number);
    }
    return issues;
  }
}
