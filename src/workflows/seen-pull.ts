import type { RepositoryRef } from '../domain/repository.ts';
import type { RepositoryForge } from '../ports/forge.ts';
import { settingsBad, settingsFit, settingsGone } from '../replies/settings-check.ts';
import { SETTINGS_PATH } from '../settings/repository-settings.ts';
import { step } from './engine.ts';
import type { WorkflowPorts } from './ports.ts';

/** Anybody's pull request with a head nobody has looked at yet. Shas are of commits. */
export interface SeenPull {
  readonly repository: RepositoryRef;
  readonly number: number;
  readonly head: string;
  readonly base: string;
}

/** What is said of anybody's pull request. Most change nothing of ours, and cost one call. */
export async function lookAtPull(ports: WorkflowPorts, pull: SeenPull): Promise<void> {
  const repo = ports.forge.repository(pull.repository);
  await step('settings check', () => checkSettingsFile(ports, repo, pull));
}

/** Told by the file itself: that it is the default branch's is known from memory, so that only another one is looked into further. */
async function checkSettingsFile({ settings }: WorkflowPorts, repo: RepositoryForge, { head, base }: SeenPull): Promise<void> {
  const file = await repo.file(SETTINGS_PATH, head);
  const blob = file?.sha ?? null;
  if (blob === (await settings.recentBlob(repo))) return;
  // Not what is on the default branch now; but is it this pull request that changes it, or was it begun before somebody else did?
  const from = (await repo.mergeBase(base, head)) ?? base;
  if (blob === ((await repo.file(SETTINGS_PATH, from))?.sha ?? null)) return;
  await repo.reportCheck(head, file === null ? settingsGone(SETTINGS_PATH) : reportOn(settings.parse(file.text)));
}

const reportOn = (parsed: ReturnType<WorkflowPorts['settings']['parse']>) =>
  parsed.ok ? settingsFit(SETTINGS_PATH) : settingsBad(SETTINGS_PATH, parsed.reason);
