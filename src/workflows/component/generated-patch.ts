import type { ChangeSet } from '../../domain/change/change-set.ts';
import { globMatcher } from '../../domain/change/glob.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { Job } from '../../domain/task/task.ts';
import type { ComponentResult } from '../../domain/task/work.ts';
import { findingsOn } from '../../executor/implement.ts';
import { commitChanges, putBranch } from '../../publishing/commit.ts';
import { openPullRequestFrom } from '../../publishing/own-pull-request.ts';
import { putReply } from '../../publishing/replies.ts';
import { patchDoesNotApply, patchRefused, patchUnfit } from '../../replies/comments/generated-files.ts';
import { generatedCommitMessage } from '../../replies/pages/commit-messages.ts';
import { writablePathsOf } from '../../settings/generated-paths.ts';
import { scopePolicyOf } from '../../settings/scope-policy.ts';
import { verifyBeforePublish } from '../../task/components/verify-before-publish.ts';
import { freshStep, step } from '../engine/steps.ts';
import { changesBetween } from '../shared/changes-between.ts';
import { openSnapshot } from '../shared/open-snapshot.ts';
import type { ComponentRun } from './component-run.ts';
import { publishPullRequest } from './publish-pull-request.ts';

/** What the workflow of the repository uploads, as the file in docs/ does. */
const PATCH = { artifact: 'planwright-patch', file: 'planwright.patch' };
/** Bytes. A lockfile of thousands of packages has two million. */
const PATCH_MAX = 10_000_000;

type Generate = Extract<Job, { kind: 'generate' }>;

/**
 * Applies what the repository's own workflow has generated at the head of a component's pull request, judged like a model's change:
 * a model wrote the code that the workflow ran.
 */
export async function applyGeneratedPatch(run: ComponentRun, job: Generate): Promise<ComponentResult> {
  const { repo, work, inputs } = run;
  const asItWas = inputs.former;
  if (asItWas === null) return { kind: 'failed', reason: 'its branch is gone.', spend: [] };
  const commit = await step('generated patch', () => committed(run, job));
  if (!commit.ok) {
    const text = patchRefused(job.url, commit.reason);
    await step('account', async () => {
      const open = await openPullRequestFrom(repo, work.branch);
      if (open) await putReply(repo, open.number, { key: `patch-refused:${work.component}:${work.attempt}`, text });
    });
    return { kind: 'failed', reason: text, spend: [] };
  }
  if (commit.value !== null) {
    const next = commit.value;
    const now = repo.observing({ issue: work.task.issue, files: [], maxAgeMs: null });
    if (!(await step('confirm', () => verifyBeforePublish(now, work))))
      return { kind: 'withdrawn', reason: 'the plan changed or the task was stopped in the meantime.', spend: [] };
    const put = await freshStep('branch', () => putBranch(repo, work.branch, next, job.head));
    if (!put.ok) return { kind: 'withdrawn', reason: put.reason, spend: [] };
  }
  const head = commit.value ?? job.head;
  const none = { summary: null, conformance: null, spend: [] };
  return publishPullRequest(run, { head, from: asItWas.from, isBranchNew: false, ...none });
}

/** The id of a commit with the patch; null where there is nothing to change. */
async function committed({ ports, repo, work, inputs, component }: ComponentRun, job: Generate): Promise<Outcome<string | null>> {
  const { settings } = inputs;
  if (await onlyGeneratedSince(ports, work.task.repository, settings.execution.generated_paths, job)) return success(null);
  const patch = await repo.artifactFile(job.run, PATCH, PATCH_MAX);
  if (!patch.ok) return patch;
  if (patch.value.toString('latin1').trim() === '') return success(null);
  const snapshot = await openSnapshot(ports, work.task.repository, job.head);
  const patched = await snapshot.patched(patch.value);
  if (!patched.ok) return failure(patchDoesNotApply(patched.reason));
  const changes: ChangeSet = patched.value;
  if (changes.length === 0) return success(null);
  const findings = await findingsOn(changes, {
    component,
    extraPaths: writablePathsOf(settings),
    policy: scopePolicyOf(settings, work.task.issue),
    snapshot,
    given: [],
    conflicts: [],
    mayBeUnchanged: true,
  });
  if (findings.length > 0) return failure(patchUnfit(findings));
  const of = { component, issue: work.task.issue, rules: inputs.commitRules };
  const message = generatedCommitMessage(of, job.url, work);
  const signOff = settings.commits.sign_off;
  return success(await commitChanges(repo, snapshot, { changes, message, parents: [job.head], signOff }));
}

/** A person may correct a generated file by hand: what the workflow makes of the same sources is not put over it. */
async function onlyGeneratedSince(
  ports: ComponentRun['ports'],
  repository: ComponentRun['work']['task']['repository'],
  globs: readonly string[],
  { since, head }: Generate,
): Promise<boolean> {
  if (since === null || since === head) return false;
  const { changes } = await changesBetween(ports, repository, { from: since, head });
  const matchers = globs.map((glob) => globMatcher(glob));
  return changes.length > 0 && changes.every(({ path }) => matchers.some((matches) => matches(path)));
}
