import { workspaceOf } from '../agent/files/workspace.ts';
import type { LoopEnd, LoopPorts } from '../agent/loop.ts';
import { listFilesTool } from '../agent/tools/list-files.ts';
import { readFileTool } from '../agent/tools/read-file.ts';
import { searchTool } from '../agent/tools/search.ts';
import { runLoopWithFallback } from '../agent/with-fallback.ts';
import type { Effort } from '../ports/model.ts';
import type { Snapshot } from '../ports/snapshot.ts';
import { type BriefFacts, brief } from './brief.ts';
import { createPlannerState, type PlannerFinal } from './planner-loop.ts';
import { PLANNER_SYSTEM } from './prompt.ts';
import type { SoundnessContext } from './soundness.ts';

export interface PlanningJob {
  /** Tried in this order. */
  readonly models: readonly [string, ...string[]];
  readonly effort: Effort;
  readonly facts: BriefFacts;
  readonly snapshot: Snapshot;
  readonly rules: Omit<SoundnessContext, 'paths'>;
  /** Whether the planner is asked what could go wrong before its plan counts. */
  readonly selfReview: boolean;
}

/** Exploring and reading cost turns too; a planner that has not submitted by then will not. */
const MAX_TURNS = 60;
const MAX_OUTPUT_TOKENS = 32_000;

/** One planning conversation, from the brief to an accepted plan or to questions. */
export async function makePlan(job: PlanningJob, ports: LoopPorts): Promise<LoopEnd<PlannerFinal>> {
  const workspace = workspaceOf(job.snapshot);
  const reading = [listFilesTool(workspace), searchTool(workspace), readFileTool(workspace)];
  const context = { ...job.rules, paths: await job.snapshot.entries() };
  const opening = [await brief(job.facts, workspace)];
  return runLoopWithFallback(
    job.models,
    (model) => ({
      request: {
        model,
        effort: job.effort,
        system: PLANNER_SYSTEM.text,
        cacheKey: `plan:${job.facts.repository}#${job.facts.issue.number}`,
        maxOutputTokens: MAX_OUTPUT_TOKENS,
      },
      opening,
      state: createPlannerState({ workspace, reading, context, selfReview: job.selfReview }),
      terminalTools: ['submit_plan', 'ask_questions'],
      maxTurns: MAX_TURNS,
    }),
    ports,
  );
}
