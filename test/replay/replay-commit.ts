import { commitChanges, putBranch } from '../../src/publishing/commit.ts';
import { git } from '../support/github/git-command.ts';
import { conversationFor } from './conversation-for.ts';
import { changesOf, type PastCommit, pathsIn } from './history.ts';
import { holdConversation, type ToolAnswer } from './hold-conversation.ts';
import type { LocalForge } from './local-forge.ts';
import { planFor } from './plan-for.ts';
import { putBase } from './put-base.ts';
import { type Prepared, shareOut } from './share-out.ts';
import type { Source } from './source.ts';

/** `beyond the gate`: the edits came out right, but the change is of a kind or size that is never published. */
type Verdict = 'identical' | 'nothing left' | 'beyond the gate' | 'differs' | 'refused';

export interface Replayed {
  readonly verdict: Verdict;
  /** Why, where it is neither identical nor skipped. */
  readonly reason: string | null;
  readonly prepared: readonly Prepared[];
  /** Files whose old text had nothing to take hold of, so that they were overwritten. */
  readonly emptyBefore: number;
  readonly answers: readonly ToolAnswer[];
  /** Milliseconds of each part that was reached. */
  readonly ms: Readonly<Record<string, number>>;
}

/** Has the executor do what a commit did, publishes that, and compares the trees. `nth` varies the manner and the provider. */
export async function replayCommit(source: Source, forge: LocalForge, commit: PastCommit, nth: number): Promise<Replayed> {
  const ms: Record<string, number> = {};
  const timed = async <T>(part: string, run: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    try {
      return await run();
    } finally {
      ms[part] = performance.now() - started;
    }
  };
  let prepared: Prepared[] = [];
  let emptyBefore = 0;
  let answers: readonly ToolAnswer[] = [];
  const end = (verdict: Verdict, reason: string | null = null): Replayed => ({
    verdict,
    reason,
    prepared,
    emptyBefore,
    answers,
    ms,
  });

  try {
    const changes = await timed('diff', () => changesOf(source, commit));
    const arrives = changes.some(({ from, to }) => to !== null && from?.name !== to.name);
    const shares = await timed('edits', async () => shareOut(source, changes, arrives ? await pathsIn(source, commit) : []));
    prepared = shares.flatMap((share) => share.prepared ?? []);
    emptyBefore = shares.filter((share) => share.prepared !== 'new executable' && share.work.some((one) => one.overwrite)).length;
    const work = shares.flatMap((share) => share.work);
    if (work.every((one) => Object.keys(one).length === 0)) return end('nothing left');

    const base = await timed('base', () =>
      putBase(
        forge.gitDir,
        commit,
        shares.flatMap((share) => share.base),
      ),
    );
    const snapshot = await timed('fetch', () => forge.snapshot(base));
    const held = await timed('conversation', () =>
      holdConversation(snapshot, planFor(commit, changes), conversationFor(work, nth), nth),
    );
    answers = held.answers;
    const { end: ended, changes: made } = held.execution;
    const refused = answers.find(({ tool, is_error }) => is_error && tool !== 'finish');
    if (refused) return end('refused', `${refused.tool}: ${refused.content}`);
    if (ended.kind === 'failed') return end('refused', ended.reason);
    if (ended.final.kind === 'blocked') {
      const tree = await snapshot.treeWith(made);
      const sentence = answers.find(({ tool }) => tool === 'finish')?.content ?? '';
      return tree === commit.tree ? end('beyond the gate', sentence) : end('differs', `${tree}, not ${commit.tree}`);
    }

    const branch = `planwright/issue-1/${commit.sha}`;
    const published = await timed('publication', async () =>
      putBranch(forge.repository, branch, await commitChanges(forge.repository, snapshot, made, commit.subject || '-'), base),
    );
    if (!published.ok) return end('refused', published.reason);
    const tree = (await git(forge.gitDir, ['rev-parse', `refs/heads/${branch}^{tree}`])).trim();
    return tree === commit.tree ? end('identical') : end('differs', `${tree}, not ${commit.tree}`);
  } catch (error) {
    return end('refused', error instanceof Error ? error.message : String(error));
  }
}
