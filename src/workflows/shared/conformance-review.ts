import type { LoopPorts } from '../../agent/loop.ts';
import type { ChangeSet } from '../../domain/change/change-set.ts';
import type { Spend } from '../../domain/model/spend.ts';
import { totalTokens } from '../../domain/model/usage.ts';
import type { Blocker } from '../../domain/task/task.ts';
import { answersIn } from '../../executor/briefs/point-answers.ts';
import { type ExecutionJob, findingsOn, implementComponent } from '../../executor/implement.ts';
import { correctMessage } from '../../executor/prompt.ts';
import type { ConformanceReport } from '../../replies/phrases/conformance-report.ts';
import { type ReviewJob, reviewComponent } from '../../reviewer/review-component.ts';
import type { Settings } from '../../settings/repository-settings.ts';

/** A finished change, before it is published. */
export interface Implemented {
  readonly changes: ChangeSet;
  /** The executor's. */
  readonly summary: string;
}

export type Conformed =
  /** `spend`: the executor's for its correction. What reviewing costs is in the report. */
  | (Implemented & { readonly kind: 'reviewed'; readonly report: ConformanceReport; readonly spend: readonly Spend[] })
  | { readonly kind: 'blocked'; readonly blocker: Blocker; readonly report: ConformanceReport; readonly spend: readonly Spend[] };

/** Whose model reviews, and how long it thinks; null: nobody does. Missing in what an older version has recorded. */
export function reviewerOf({ models, execution }: Settings): Pick<ReviewJob, 'models' | 'effort'> | null {
  if (execution.review !== 'planner' && execution.review !== 'executor') return null;
  const { model, fallback, effort } = models[execution.review];
  return { models: [model, ...fallback], effort };
}

/**
 * Holds a finished change to its component: a reviewer compares the two, its findings go back to an executor once, and what that
 * makes of them is compared again. Whatever fails on the way, the change is published, and people are told what was not reviewed.
 */
export async function reviewAgainstPlan(
  job: ExecutionJob,
  reviewer: Pick<ReviewJob, 'models' | 'effort'>,
  loop: LoopPorts,
  done: Implemented,
): Promise<Conformed> {
  const { snapshot, component } = job;
  const named = (what: string): LoopPorts => ({ ...loop, record: (name, run) => loop.record(`${what} ${name}`, run) });
  const review = (changes: ChangeSet, name: string) =>
    reviewComponent({ ...reviewer, cacheKey: `${job.cacheKey}:review`, component, snapshot, changes }, named(name));

  const first = await review(done.changes, 'review');
  let report: ConformanceReport = { found: 0, remaining: [], unreviewed: null, spend: paid(first.spend) };
  if (first.kind === 'failed') return { ...done, kind: 'reviewed', report: { ...report, unreviewed: first.reason }, spend: [] };
  const { findings } = first.final;
  if (findings.length === 0) return { ...done, kind: 'reviewed', report, spend: [] };

  const unanswered = findings.map((finding) => ({ ...finding, answer: null }));
  report = { ...report, found: findings.length, remaining: unanswered };
  const situation = correctMessage(findings, done.summary);
  const again: ExecutionJob = { ...job, given: done.changes, conflicts: [], situation, mayBeUnchanged: true };
  const { end, changes } = await implementComponent(again, named('correction'));
  const { spend } = end;
  if (end.kind === 'failed') return { ...done, kind: 'reviewed', report, spend };
  if (end.final.kind === 'blocked') return { kind: 'blocked', blocker: end.final.blocker, report, spend };
  // The correction was judged by what it changed itself; the whole has to hold as well.
  if ((await findingsOn(changes, job)).length > 0) return { ...done, kind: 'reviewed', report, spend };

  const { summary } = end.final;
  if ((await snapshot.treeWith(changes)) === (await snapshot.treeWith(done.changes))) {
    const answers = answersIn(summary, findings.length);
    const remaining = findings.map((finding, i) => ({ ...finding, answer: answers.get(i + 1) ?? null }));
    return { ...done, kind: 'reviewed', report: { ...report, remaining }, spend };
  }
  const corrected = { kind: 'reviewed', changes, summary, spend } as const;
  const second = await review(changes, 'second review');
  report = { ...report, spend: [...report.spend, ...paid(second.spend)] };
  if (second.kind === 'failed') return { ...corrected, report: { ...report, unreviewed: second.reason } };
  const remaining = second.final.findings.map((finding) => ({ ...finding, answer: null }));
  return { ...corrected, report: { ...report, remaining } };
}

/**
 * What the reviewers that answered cost. That one of them was unavailable is left out, because people would read it as a statement
 * about the executor.
 */
const paid = (spends: readonly Spend[]): Spend[] =>
  spends.filter(({ usage }) => totalTokens(usage) > 0).map(({ out: _, ...spend }) => spend);
