import { issueOfPullRequestBody } from '../domain/marker.ts';
import type { RepositoryRef } from '../domain/repository.ts';
import { PLANWRIGHT_LABEL } from '../publishing/pull-request.ts';
import type { WorkflowPorts } from './ports.ts';
import type { Workflows } from './register.ts';

/**
 * Looks once at every task there is, as after a start: deliveries that came while nobody listened are not sent again by GitHub, and
 * after the loss of the database this is what brings tasks back. One repository that cannot be read does not hold up the others.
 */
export async function pickUpTasks({ forge, settings, clock, log }: WorkflowPorts, workflows: Workflows): Promise<void> {
  const round = clock.now();
  for await (const repository of forge.repositories()) {
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
    for (const pull of await repo.pullRequestsLabelled(PLANWRIGHT_LABEL)) {
      const issue = pull.mine ? issueOfPullRequestBody(pull.body) : null;
      if (issue !== null) issues.add(issue);
    }
    const loaded = await settings.load(repo);
    for (const label of loaded.ok ? loaded.value.trigger.labels : []) {
      for (const { number } of await repo.issuesLabelled(label)) issues.add(number);
    }
    return issues;
  }
}
