import type { Probot } from 'probot';
import type { RepositoryRef } from '../domain/repository.ts';
import type { Workflows } from '../workflows/register.ts';
import { classify, type KnownEvent } from './classify.ts';

export interface Receivers {
  /** This App's. */
  readonly appId: number;
  readonly workflows: Workflows;
  readonly settingsPushed: (owner: string) => void;
  readonly installed: (repositories: readonly RepositoryRef[]) => Promise<void>;
}

/**
 * Connects Probot's events to the workflows. For a signal a handler classifies and makes durable, nothing more: no call to GitHub, so
 * nothing that can fail between a verified delivery and its record. The delivery's id names the work, so a redelivery finds it.
 */
export function receiveWebhooks(probot: Probot, { appId, workflows, settingsPushed, installed }: Receivers): void {
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
      'delete',
      'installation',
      'installation_repositories',
    ],
    async (context) => {
      const meaning = classify({ id: context.id, name: context.name, payload: context.payload } as KnownEvent, appId);
      switch (meaning.kind) {
        case 'ignored':
          return;
        case 'pushed':
          return settingsPushed(meaning.owner);
        case 'installed':
          return installed(meaning.repositories);
        case 'signal': {
          const { repository, issue, signal } = meaning;
          return workflows.signal({ repository, issue }, signal, `delivery:${context.id}`);
        }
      }
    },
  );
}
