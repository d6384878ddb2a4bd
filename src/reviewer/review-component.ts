import type { LoopEnd, LoopPorts } from '../agent/loop.ts';
import { runLoopWithFallback } from '../agent/with-fallback.ts';
import type { ChangeSet } from '../domain/change/change-set.ts';
import type { Component } from '../domain/plan/plan.ts';
import type { Effort } from '../ports/model.ts';
import type { Snapshot } from '../ports/snapshot.ts';
import { componentPart, diffPart, REVIEWER_SYSTEM } from './prompt.ts';
import { showDiff } from './shown-diff.ts';
import { type Reviewed, submitReviewTool } from './submit-review.ts';

export interface ReviewJob {
  /** Tried in this order. */
  readonly models: readonly [string, ...string[]];
  readonly effort: Effort;
  readonly cacheKey: string;
  readonly component: Component;
  readonly snapshot: Snapshot;
  /** All that the component changes in `snapshot`. */
  readonly changes: ChangeSet;
}

/** One turn reviews; the others are for a submission that cannot be read. */
const MAX_TURNS = 3;
const MAX_OUTPUT_TOKENS = 16_000;

/** A fresh conversation that sees the component and its diff, nothing else, and ends with findings; none: all is as planned. */
export async function reviewComponent(job: ReviewJob, ports: LoopPorts): Promise<LoopEnd<Reviewed>> {
  const { models, effort, cacheKey, component } = job;
  const diff = showDiff(await job.snapshot.diff(job.changes));
  const tools = [submitReviewTool(component, diff)];
  return runLoopWithFallback<Reviewed, null>(
    models,
    (model) => ({
      request: { model, effort, system: REVIEWER_SYSTEM, cacheKey, maxOutputTokens: MAX_OUTPUT_TOKENS },
      opening: [componentPart(component), diffPart(diff)],
      state: { beginTurn: () => ({ tools, edits: () => null }), apply: () => {} },
      terminalTools: ['submit_review'],
      maxTurns: MAX_TURNS,
    }),
    ports,
  );
}
