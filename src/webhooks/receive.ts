import type { Probot } from 'probot';
import { isRelevantPush, type RepositoryWork } from '../workflows/repository/pushes.ts';
import type { TaskSignals } from '../workflows/shared/task-signals.ts';
import { classify, type KnownEvent } from './classify.ts';
import { classifyPullRequest } from './classify-pull-request.ts';

export interface Receivers {
  /** This App's. */
  readonly appId: number;
  /** The App's, by which people mention it; null until GitHub has said it. */
  readonly slug: () => string | null;
  /** Whether this account's repositories are served. */
  readonly isServed: (owner: string) => boolean;
  readonly workflows: TaskSignals;
  readonly repositories: RepositoryWork;
  /** Something was pushed to this owner's default branches. */
  readonly settingsPushed: (owner: string) => void;
}

interface Owned {
  readonly repository?: { readonly owner?: { readonly login?: string } | null };
  readonly installation?: { readonly account?: { readonly login?: string } | null };
}

const ownerOf = (payload: unknown): string | null => {
  const { repository, installation } = payload as Owned;
  return repository?.owner?.login ?? installation?.account?.login ?? null;
};

/**
 * Connects Probot's events to the workflows. For a signal a handler classifies and makes durable, nothing more: no call to GitHub,
 * so nothing that can fail between a verified delivery and its record. The delivery's id names the work, so a redelivery finds it.
 */
export function receiveWebhooks(probot: Probot, receivers: Receivers): void {
  probot.on(
    [
      'issues',
      'issue_comment',
      'pull_request',
      'pull_request_review',
      'check_run',
      'check_suite',
      'status',
      'push',
      'installation',
      'installation_repositories',
      'installation_target',
      'repository',
    ],
    async (context) => {
      const owner = ownerOf(context.payload);
      if (owner !== null && !receivers.isServed(owner)) return;
      // Any pull request may change the settings, whether it belongs to a task or not.
      const pull =
        context.name === 'pull_request'
          ? classifyPullRequest(context.payload as Parameters<typeof classifyPullRequest>[0], receivers.slug())
          : null;
      if (pull) await receivers.repositories.pull(pull, `pull:${context.id}`);
      const event = { id: context.id, name: context.name, payload: context.payload } as KnownEvent;
      const meaning = classify(event, receivers.appId, receivers.slug());
      switch (meaning.kind) {
        case 'ignored':
          return;
        case 'queued':
          return receivers.repositories.queued(meaning.commit, `queued:${context.id}`);
        case 'check_again':
          return receivers.repositories.pull(meaning.pull, `pull:${context.id}`);
        case 'pushed':
          if (meaning.push.branch === undefined) receivers.settingsPushed(meaning.push.repository.owner);
          return isRelevantPush(meaning.push) ? receivers.repositories.pushed(meaning.push, `push:${context.id}`) : undefined;
        case 'on_pull_request':
          return receivers.repositories.commented(meaning.comment, `delivery:${context.id}`);
        case 'observe_repository':
        case 'installed':
        case 'left':
        case 'moved':
        case 'owner_moved':
          return receivers.repositories.changed(meaning, `installation:${context.id}`);
        case 'signal': {
          const { repository, issue, signal } = meaning;
          return receivers.workflows.accept({ repository, issue }, signal, `delivery:${context.id}`);
        }
      }
    },
  );
}
