import { z } from 'zod';
import { converse, type LoopEnd, type LoopPorts } from '../agent/loop.ts';
import { defineTool, refuse, type Tool } from '../agent/tool.ts';
import { listFilesTool } from '../agent/tools/list-files.ts';
import { readFileTool } from '../agent/tools/read-file.ts';
import { searchTool } from '../agent/tools/search.ts';
import { workspaceOf } from '../agent/workspace.ts';
import { type Plan, planSchema } from '../domain/plan.ts';
import { type Question, questionSchema } from '../domain/task.ts';
import type { Effort } from '../ports/model.ts';
import type { Snapshot } from '../ports/snapshot.ts';
import { type BriefFacts, brief } from './brief.ts';
import { PLANNER_SYSTEM } from './prompt.ts';
import { checkSoundness, type SoundnessContext } from './soundness.ts';

export type PlannerFinal =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'questions'; readonly questions: readonly Question[] };

export interface PlanningJob {
  readonly model: string;
  readonly effort: Effort;
  readonly facts: BriefFacts;
  readonly snapshot: Snapshot;
  readonly rules: Omit<SoundnessContext, 'paths'>;
}

/** Exploring and reading cost turns too; a planner that has not submitted by then is lost. */
const MAX_TURNS = 60;
const MAX_OUTPUT_TOKENS = 32_000;

/** One planning conversation, from the brief to an accepted plan or to questions. */
export async function makePlan(job: PlanningJob, ports: LoopPorts): Promise<LoopEnd<PlannerFinal>> {
  const workspace = workspaceOf(job.snapshot);
  const entries = await job.snapshot.entries();
  const tools: readonly Tool<PlannerFinal>[] = [
    listFilesTool(workspace),
    searchTool(workspace),
    readFileTool(workspace),
    submitPlan({ ...job.rules, paths: entries }),
    askQuestions(),
  ];
  return converse(
    {
      request: {
        model: job.model,
        effort: job.effort,
        system: PLANNER_SYSTEM,
        cacheKey: `plan:${job.facts.repository}#${job.facts.issue.number}`,
        maxOutputTokens: MAX_OUTPUT_TOKENS,
      },
      opening: [await brief(job.facts, workspace)],
      bench: { attempt: () => ({ tools, edits: () => null }), apply: () => {} },
      finals: ['submit_plan', 'ask_questions'],
      maxTurns: MAX_TURNS,
    },
    ports,
  );
}

function submitPlan(context: SoundnessContext): Tool<PlannerFinal> {
  return defineTool({
    name: 'submit_plan',
    description:
      'Submits the plan. If it is unsound, the findings come back: mend them and submit the whole plan again. Accepted plans go to people for review.',
    input: planSchema,
    run: async (plan) => {
      const findings = checkSoundness(plan, context);
      if (findings.length === 0) return { content: 'Accepted.', is_error: false, final: { kind: 'plan', plan } };
      return refuse(
        `The plan is not sound yet:\n${findings.map((f) => `- ${f.message}`).join('\n')}\nMend these and submit the whole plan again.`,
      );
    },
  });
}

function askQuestions(): Tool<PlannerFinal> {
  return defineTool({
    name: 'ask_questions',
    description:
      'Asks people what must be known before planning. Use it only when no safe assumption exists; planning stops until they answer.',
    input: z.strictObject({ questions: z.array(questionSchema).min(1).max(10) }),
    run: async ({ questions }) => ({ content: 'Asked.', is_error: false, final: { kind: 'questions', questions } }),
  });
}
