import type { RepositoryRef } from '../../domain/repository.ts';
import { DEFAULT_PREFIX, isReservedBranch } from '../../domain/task/branch-name.ts';
import { isAboutOthers } from '../../domain/task/checks.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { fromReservedBranch, notOurPullRequest, PLAN_CHECK, SCOPE_CHECK } from '../../replies/checks/own-checks.ts';
import { SETTINGS_CHECK, settingsBad, settingsFit, settingsGone } from '../../replies/checks/settings-check.ts';
import type { LoadedSettings } from '../../settings/load-settings.ts';
import { readSettingsFile, SETTINGS_PATH, type SettingsFile } from '../../settings/settings-file.ts';
import { step } from '../engine/steps.ts';
import type { WorkflowPorts } from '../shared/ports.ts';

/** Any author's pull request with a head that was not checked yet. Shas are of commits. */
export interface OtherPullRequest {
  readonly repository: RepositoryRef;
  readonly number: number;
  readonly head: string;
  readonly base: string;
  /** Opened by an App, this one or another; true also where nothing tells. */
  readonly byBot: boolean;
  /** Null where it is one of a fork. */
  readonly branch: string | null;
  /** A person asked for it: what was reported is reported again, as it is now. GitHub shows it as queued until then. */
  readonly again?: true;
}

/** Reports our checks on any author's pull request. Most change nothing that concerns us, and cost one request. */
export async function checkOtherPullRequest(ports: WorkflowPorts, pull: OtherPullRequest): Promise<void> {
  const repo = ports.forge.repository(pull.repository);
  await step('settings check', () => checkSettingsFile(ports, repo, pull));
  await step('others', () => reportOnOtherPullRequest(ports, repo, pull));
}

/** Compares the file itself: the default branch's blob is known from memory, so that only another one costs more requests. */
async function checkSettingsFile(
  { settings }: WorkflowPorts,
  repo: RepositoryForge,
  { head, base, again }: OtherPullRequest,
): Promise<void> {
  const file = await readSettingsFile(repo, head);
  const blob = file?.blob ?? null;
  // The default branch may have the file by now.
  const isExpected = again === true && (await repo.ownChecks(head)).some(({ name }) => name === SETTINGS_CHECK);
  if (!isExpected && !(await isChanged())) return;
  await repo.reportCheck(head, file === null ? settingsGone(SETTINGS_PATH) : reportOn(file, await settings.parse(file)), again);

  async function isChanged(): Promise<boolean> {
    if (blob === (await settings.recentBlob(repo))) return false;
    // It differs from the default branch; either this pull request changes it, or the default branch has changed since it branched
    // off.
    const from = (await repo.mergeBase(base, head)) ?? base;
    return blob !== ((await readSettingsFile(repo, from))?.blob ?? null);
  }
}

/**
 * Required checks must not block other people's pull requests. What this App has found out about a commit stays, though: otherwise
 * a second pull request with the same head would turn a component's failed check green.
 */
export async function reportOnOtherPullRequest(
  { settings }: WorkflowPorts,
  repo: RepositoryForge,
  { number, head, byBot, branch, again }: Omit<OtherPullRequest, 'repository' | 'base'>,
): Promise<void> {
  const loaded = await settings.recent(repo);
  // The pull request may be about to fix broken settings: these must not keep it from being merged.
  const known = loaded.ok ? loaded.value : await settings.lastGood(repo);
  const wanted = known?.checks.all_pull_requests ?? true;
  const reserved = branch !== null && isReservedBranch(branch, known?.branches.prefix ?? DEFAULT_PREFIX);
  if ((!wanted && !again) || (byBot && (await repo.pullRequest(number))?.mine)) return;
  const reported = await repo.ownChecks(head);
  for (const name of [PLAN_CHECK, SCOPE_CHECK]) {
    const former = reported.find((run) => run.name === name);
    const isDue =
      former === undefined ? wanted : again === true && former.externalId !== null && isAboutOthers(former.externalId);
    if (isDue) await repo.reportCheck(head, reserved ? fromReservedBranch(name) : notOurPullRequest(name), again);
  }
}

const reportOn = ({ path }: SettingsFile, parsed: LoadedSettings) =>
  parsed.ok ? settingsFit(path) : settingsBad(path, parsed.reason);
