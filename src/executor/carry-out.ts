import type { LoopEnd, LoopPorts, LoopSetup } from '../agent/loop.ts';
import type { Tool } from '../agent/tool.ts';
import { listFilesTool } from '../agent/tools/list-files.ts';
import { readFileTool } from '../agent/tools/read-file.ts';
import { searchTool } from '../agent/tools/search.ts';
import { converseWithFallback } from '../agent/with-fallback.ts';
import type { ChangeSet } from '../domain/change-set.ts';
import type { Component } from '../domain/plan.ts';
import { outOfScope, type ScopePolicy } from '../domain/scope.ts';
import type { Effort } from '../ports/model.ts';
import type { Snapshot } from '../ports/snapshot.ts';
import { cutShort, unfit } from '../replies/unfit.ts';
import { checkChangeSet } from './gate.ts';
import { createOverlay, type Overlay } from './overlay.ts';
import { after, NOTHING_DONE, type Progress, type TurnRecord } from './progress.ts';
import { componentMessage, EXECUTOR_SYSTEM, planMessage } from './prompt.ts';
import { createFileTool } from './tools/create-file.ts';
import { deleteFileTool } from './tools/delete-file.ts';
import { editFileTool } from './tools/edit-file.ts';
import { fileOf } from './tools/file-of.ts';
import { type Finished, finishTool, type Unfit } from './tools/finish.ts';
import { type Blocked, flagBlockerTool } from './tools/flag-blocker.ts';
import { moveFileTool } from './tools/move-file.ts';
import { overwriteFileTool } from './tools/overwrite-file.ts';

export interface ExecutionJob {
  /** Tried in this order. */
  readonly models: readonly [string, ...string[]];
  readonly effort: Effort;
  readonly maxTurns: number;
  readonly planFile: string;
  /** The same for every component of a plan, so that they share the cached prefix. */
  readonly cacheKey: string;
  readonly component: Component;
  readonly instructions: string;
  readonly snapshot: Snapshot;
  readonly extraPaths: readonly string[];
  readonly policy: ScopePolicy;
}

export interface Execution {
  readonly end: LoopEnd<Finished | Blocked>;
  /** What the executor made of the snapshot, whatever the end. */
  readonly changes: ChangeSet;
}

/** So much is kept of one conversation's edits, in characters: a large file edited in each turn adds up. */
const RECORDED_MAX = 100_000_000;
const MAX_OUTPUT_TOKENS = 32_000;

/** One component's conversation, from the plan to a change set that passed the gate, or to a blocker. */
export async function carryOut(job: ExecutionJob, ports: LoopPorts): Promise<Execution> {
  let progress = NOTHING_DONE;
  // A turn works on a copy: were it to run again after a crash, it must not find its own half-made edits.
  const overlay = (): Overlay => {
    const fresh = createOverlay(job.snapshot);
    fresh.applyEdits([...progress.edits.values()]);
    return fresh;
  };
  const setupFor = (model: string): LoopSetup<Finished | Blocked | Unfit, TurnRecord> => {
    // What a model did that is out now goes with it.
    progress = NOTHING_DONE;
    return {
      request: {
        model,
        effort: job.effort,
        system: EXECUTOR_SYSTEM,
        cacheKey: job.cacheKey,
        maxOutputTokens: MAX_OUTPUT_TOKENS,
      },
      opening: [planMessage(job.planFile), componentMessage(job.component, job.instructions)],
      bench: {
        attempt: () => {
          const copy = overlay();
          let sentBack = false;
          const tools = toolsOver(copy, job, progress, () => (sentBack = true));
          return { tools, edits: () => ({ edits: copy.takeRecords(), sentBack, limit: copy.limitMet() }) };
        },
        apply: (turn) => {
          progress = after(progress, turn);
        },
      },
      finals: ['finish', 'flag_blocker'],
      fileOf,
      maxTurns: job.maxTurns,
    };
  };
  const end = outcome(await converseWithFallback(job.models, setupFor, ports), progress.limit);
  return { end, changes: await overlay().changeSet() };
}

/** The findings of the gate go back to the model once; found again, they are why the component stops. */
function outcome(end: LoopEnd<Finished | Blocked | Unfit>, limit: string | null): Execution['end'] {
  if (end.kind === 'failed') return end;
  const { final, ...rest } = end;
  if (final.kind === 'unfit') return { ...rest, kind: 'failed', reason: unfit(final.findings), out: false };
  if (final.kind === 'blocked' || limit === null) return { ...rest, final };
  return { ...rest, final: { ...final, summary: cutShort(final.summary, limit) } };
}

type Scope = Pick<ExecutionJob, 'component' | 'extraPaths' | 'policy' | 'snapshot'>;

/** Why a change set may not be published; also asked after the conversation, by code that has not seen it. */
export const findingsOn = (changes: ChangeSet, scope: Scope): Promise<string[]> =>
  checkChangeSet(changes, { inScope: (path) => scopeSentence(path, scope), base: scope.snapshot });

function scopeSentence(path: string, { component, extraPaths, policy }: Omit<Scope, 'snapshot'>): string | null {
  const reason = outOfScope(component, extraPaths, path, policy);
  return reason === null ? null : `${path} ${reason}.`;
}

function toolsOver(
  overlay: Overlay,
  job: ExecutionJob,
  { sentBack, recorded }: Progress,
  sendBack: () => void,
): readonly Tool<Finished | Blocked | Unfit>[] {
  const mayWrite = (path: string): string | null =>
    recorded > RECORDED_MAX ? 'So much was written in this conversation that no more is taken.' : scopeSentence(path, job);
  const findings = async () => findingsOn(await overlay.changeSet(), job);
  return [
    listFilesTool(overlay),
    searchTool(overlay),
    readFileTool(overlay),
    editFileTool(overlay, mayWrite),
    createFileTool(overlay, mayWrite),
    overwriteFileTool(overlay, mayWrite),
    deleteFileTool(overlay, mayWrite),
    moveFileTool(overlay, mayWrite),
    flagBlockerTool(),
    finishTool({ findings, wentBack: sentBack, sendBack }),
  ];
}
