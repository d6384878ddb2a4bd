import { workspaceOf } from '../agent/files/workspace.ts';
import type { LoopEnd, LoopPorts } from '../agent/loop.ts';
import { listFilesTool } from '../agent/tools/list-files.ts';
import { readFileTool } from '../agent/tools/read-file.ts';
import { searchTool } from '../agent/tools/search.ts';
import { runLoopWithFallback } from '../agent/with-fallback.ts';
import type { Effort } from '../ports/model.ts';
import type { Snapshot } from '../ports/snapshot.ts';
import { fence } from '../text/fence.ts';
import { stripInvisible } from '../text/invisible-characters.ts';
import { stripHiddenText } from '../text/strip-hidden-text.ts';

export interface TextJob {
  /** Tried in this order. */
  readonly models: readonly [string, ...string[]];
  readonly effort: Effort;
  readonly system: string;
  readonly opening: readonly string[];
  readonly cacheKey: string;
  readonly snapshot: Snapshot;
}

const MAX_TURNS = 30;
const MAX_OUTPUT_TOKENS = 16_000;

/** A conversation that may explore the repository and ends with text: an answer, or a review. It can change nothing. */
export const answerInText = (job: TextJob, ports: LoopPorts): Promise<LoopEnd<string>> => {
  const workspace = workspaceOf(job.snapshot);
  const tools = [listFilesTool(workspace), searchTool(workspace), readFileTool(workspace)];
  const { models, effort, system, cacheKey } = job;
  return runLoopWithFallback<string, null>(
    models,
    (model) => ({
      request: { model, effort, system, cacheKey, maxOutputTokens: MAX_OUTPUT_TOKENS },
      opening: job.opening,
      state: { beginTurn: () => ({ tools, edits: () => null }), apply: () => {} },
      terminalTools: [],
      acceptText: (text) => text,
      maxTurns: MAX_TURNS,
    }),
    ports,
  );
};

export const askOpening = (plan: string | null, by: string, question: string): string[] => [
  plan === null ? 'There is no plan yet.' : `The plan:\n${fence('plan', stripInvisible(plan))}`,
  `${by}, a maintainer, asks:\n${fence('question', stripHiddenText(question).text)}`,
];

export const reviewOpening = (
  plan: string,
  pulls: readonly { readonly component: string; readonly pull: number }[],
): string[] => [
  `The plan that was approved:\n${fence('plan', stripInvisible(plan))}`,
  `Merged: ${pulls.map((p) => `${p.component} in #${p.pull}`).join(', ')}. Compare the repository with the plan.`,
];
