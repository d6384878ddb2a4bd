import type { ChangeSet } from '../../domain/change/change-set.ts';
import { renderBranchName } from '../../domain/task/branch-name.ts';
import type { TaskRef } from '../../domain/task/task.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { commitChanges, putBranch } from '../../publishing/commit.ts';
import { openPullRequestFrom } from '../../publishing/own-pull-request.ts';
import { readRecord } from '../../publishing/status-comment.ts';
import { planMergeMessage } from '../../replies/pages/commit-messages.ts';
import { planPathOf } from '../../settings/plan-path.ts';
import { baseBranch } from '../../task/model/base-branch.ts';
import { loadCommitRules } from '../shared/commit-rules.ts';
import { openSnapshot } from '../shared/open-snapshot.ts';
import type { WorkflowPorts } from '../shared/ports.ts';

/**
 * Plans of several tasks may have the same path: when one is merged, the others conflict with it. Each keeps its own text, so the
 * base branch is merged into the plan's branch with that text on top, an ordinary fast-forward; the blob stays the same, and with
 * it every approval. A conflict anywhere else is left to people. `planning`: whether a revision may be about to be pushed to that
 * branch, whose parent must not be moved under it.
 */
export async function resolvePlanConflict(ports: WorkflowPorts, task: TaskRef, planning: 'may be' | 'is over'): Promise<void> {
  const repo = ports.forge.repository(task.repository);
  const settings = await ports.settings.load(repo);
  const record = await readRecord(repo, task.issue);
  if (!settings.ok || !record || (record.planning.phase === 'running' && planning === 'may be')) return;
  const branch = renderBranchName({
    prefix: record.branches.prefix,
    issue: task.issue,
    part: 'plan',
    generation: record.planning.generation,
  });
  // That it is ours also proves the prefix, which the record alone does not.
  const pull = await openPullRequestFrom(repo, branch);
  if (pull === null) return;
  const base = await baseBranch(repo, record.branches.base);
  if (base === null || pull.baseRef !== base.name) return;
  const path = planPathOf(settings.value, task.issue);
  const from = await conflictSince(repo, path, pull.headSha, base.sha);
  if (from === null) return;
  const merged = await mergeKeeping(ports, task, path, { head: pull.headSha, base: base.sha, from });
  if (merged === null) return;
  const rules = await loadCommitRules(repo, settings.value, record.trigger.by);
  const message = planMergeMessage({ issue: task.issue, base: base.name, path }, rules);
  const commit = await commitChanges(repo, merged.onto, {
    changes: merged.changes,
    message,
    parents: [pull.headSha, base.sha],
    signOff: settings.value.commits.sign_off,
  });
  // If another author has moved the branch meanwhile, the next push to the base branch tries again.
  await putBranch(repo, branch, commit, pull.headSha);
}

/** The commit at which the two diverged, when both have changed the file since; null when they merge without help. */
async function conflictSince(repo: RepositoryForge, path: string, head: string, base: string): Promise<string | null> {
  const [ours, theirs] = [await repo.file(path, head), await repo.file(path, base)];
  if (ours === null || ours.sha === theirs?.sha) return null;
  const from = await repo.mergeBase(base, head);
  if (from === null || from === base) return null;
  return (await repo.file(path, from))?.sha === theirs?.sha ? null : from;
}

async function mergeKeeping(
  ports: WorkflowPorts,
  { repository }: TaskRef,
  path: string,
  shas: { readonly head: string; readonly base: string; readonly from: string },
) {
  const [head, onto, from] = await Promise.all(
    [shas.head, shas.base, shas.from].map((sha) => openSnapshot(ports, repository, sha)),
  );
  const entry = (await head?.entries())?.get(path);
  if (!head || !onto || !from || !entry) return null;
  const { changes, conflicts } = await onto.merge(from, { snapshot: head, name: 'plan' }, 'base');
  if (conflicts.some((other) => other !== path)) return null;
  const own = { path, mode: entry.mode, content: await head.read(entry) };
  const kept: ChangeSet = [...changes.filter((change) => change.path !== path), own];
  return { onto, changes: kept };
}
