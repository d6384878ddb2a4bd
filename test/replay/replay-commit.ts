import { CHANGE_LIMITS } from '../../src/domain/change/change-limits.ts';
import type { Snapshot } from '../../src/ports/snapshot.ts';
import { commitChanges, putBranch } from '../../src/publishing/commit.ts';
import { git } from '../support/github/git-command.ts';
import { conversationFor } from './conversation-for.ts';
import type { PastCommit } from './history.ts';
import { type Held, holdConversation, type ToolAnswer } from './hold-conversation.ts';
import type { LocalForge } from './local-forge.ts';
import { planFor } from './plan-for.ts';
import type { Prepared } from './share-out.ts';
import { type PastTask, type Setting, taskFor } from './task-for.ts';
import type { Loosely } from './without-indentation.ts';

interface Judgement {
  /**
   * `beyond the gate`: what the tools made is right, but a change of this kind is never published. `beyond the limits`: the tools refused to
   * change so much, as they should.
   */
  readonly verdict: 'identical' | 'nothing left' | 'beyond the gate' | 'beyond the limits' | 'differs' | 'refused';
  /** Why, unless it is identical or there was nothing to do. */
  readonly reason: string | null;
}

export interface Replayed extends Judgement {
  readonly commit: PastCommit;
  readonly prepared: readonly Prepared[];
  readonly emptyBefore: number;
  readonly loosely: readonly Loosely[];
  readonly answers: readonly ToolAnswer[];
  /** Milliseconds of each part that was reached. */
  readonly ms: Readonly<Record<string, number>>;
}

/** Has the executor do what a commit did, publishes that, and compares the trees. `nth` varies the manner and the provider. */
export async function replayCommit(setting: Setting, commit: PastCommit, nth: number): Promise<Replayed> {
  const ms: Record<string, number> = {};
  const timed = async <T>(part: string, run: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    try {
      return await run();
    } finally {
      ms[part] = performance.now() - started;
    }
  };
  let task: Pick<PastTask, 'prepared' | 'emptyBefore' | 'loosely'> = { prepared: [], emptyBefore: 0, loosely: [] };
  let answers: readonly ToolAnswer[] = [];
  const end = (judgement: Judgement): Replayed => ({
    commit,
    prepared: task.prepared,
    emptyBefore: task.emptyBefore,
    loosely: task.loosely,
    answers,
    ms,
    ...judgement,
  });
  try {
    const made = await timed('preparation', () => taskFor(setting, commit));
    task = made;
    if (made.work.length === 0) return end({ verdict: 'nothing left', reason: null });
    const snapshot = await timed('fetch', () => setting.forge.snapshot(made.base));
    const plan = planFor(commit, made.changes, (await snapshot.entries()).keys());
    const held = await timed('conversation', () => holdConversation(snapshot, plan, conversationFor(made.work, nth), nth));
    answers = held.answers;
    const failed = await shortOfTheEnd(held, snapshot, made);
    if (failed) return end(failed);
    return end(await timed('publication', () => published(setting.forge, snapshot, held, nth, made.wanted)));
  } catch (error) {
    return end({ verdict: 'refused', reason: error instanceof Error ? error.message : String(error) });
  }
}

/** What went wrong before anything could be published; null when nothing did. */
async function shortOfTheEnd(
  { execution, answers }: Held,
  snapshot: Snapshot,
  { wanted, size }: PastTask,
): Promise<Judgement | null> {
  const refused = answers.find(({ tool, is_error }) => is_error && tool !== 'finish');
  if (refused) {
    const tooLarge = size.files > CHANGE_LIMITS.files || size.bytes > CHANGE_LIMITS.bytes;
    return { verdict: tooLarge ? 'beyond the limits' : 'refused', reason: `${refused.tool}: ${refused.content}` };
  }
  const { end, changes } = execution;
  if (end.kind === 'failed') return { verdict: 'refused', reason: end.reason };
  if (end.final.kind === 'finished') return null;
  const tree = await snapshot.treeWith(changes);
  if (tree !== wanted) return { verdict: 'differs', reason: `${tree} came out, not ${wanted}` };
  const findings = answers.find(({ tool }) => tool === 'finish')?.content.split('\n') ?? [];
  return { verdict: 'beyond the gate', reason: findings.filter((line) => line.startsWith('- ')).join(' ') };
}

async function published(
  { repository, gitDir }: LocalForge,
  snapshot: Snapshot,
  { execution }: Held,
  nth: number,
  wanted: string,
): Promise<Judgement> {
  const branch = `planwright/issue-${nth + 1}/replay`;
  const made = await commitChanges(repository, snapshot, {
    changes: execution.changes,
    message: 'Do what was done',
    signOff: false,
  });
  const put = await putBranch(repository, branch, made, null);
  if (!put.ok) return { verdict: 'refused', reason: put.reason };
  const tree = (await git(gitDir, ['rev-parse', `refs/heads/${branch}^{tree}`])).trim();
  if (tree === wanted) return { verdict: 'identical', reason: null };
  const where = await git(gitDir, ['diff-tree', '-r', '-z', '--name-only', wanted, tree]);
  return { verdict: 'differs', reason: `${tree} came out, not ${wanted}: in ${where.split('\0').filter(Boolean).join(', ')}` };
}
