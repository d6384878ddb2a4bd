import type { LoopEnd, LoopPorts, LoopSetup } from '../agent/loop.ts';
import type { Tool } from '../agent/tool.ts';
import { listFilesTool } from '../agent/tools/list-files.ts';
import { readFileTool } from '../agent/tools/read-file.ts';
import { searchTool } from '../agent/tools/search.ts';
import { runLoopWithFallback } from '../agent/with-fallback.ts';
import type { ChangeSet, FileChange } from '../domain/change/change-set.ts';
import { type Paths, undoneActions, unplannedAction } from '../domain/change/planned-action.ts';
import { type ScopePolicy, scopeViolation } from '../domain/change/scope.ts';
import type { Component } from '../domain/plan/plan.ts';
import type { Effort } from '../ports/model.ts';
import type { Snapshot } from '../ports/snapshot.ts';
import { editsRefused, unfit } from '../replies/phrases/gate-findings.ts';
import { repositoryInstructions } from './briefs/instructions.ts';
import { createOverlay, type Overlay } from './edit/overlay.ts';
import { checkChangeSet } from './gate.ts';
import { addTurn, NO_PROGRESS, type TurnRecord } from './progress.ts';
import { componentMessage, EXECUTOR_SYSTEM, instructionsMessage, planMessage } from './prompt.ts';
import { createFileTool } from './tools/create-file.ts';
import { deleteFileTool } from './tools/delete-file.ts';
import { editFileTool } from './tools/edit-file.ts';
import { fileOf } from './tools/file-of.ts';
import { type Finished, finishTool, type OutputGate, type Rejected } from './tools/finish.ts';
import { type Blocked, flagBlockerTool } from './tools/flag-blocker.ts';
import { moveFileTool } from './tools/move-file.ts';
import { overwriteFileTool } from './tools/overwrite-file.ts';
import type { MayWrite, WriteRules } from './tools/writable-path.ts';

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
  /** A commit that people have merged: the repository's instructions are read from here, never from a component's branch. */
  readonly base: Snapshot;
  /** The component's own changes so far, where it does not start from scratch. */
  readonly given: ChangeSet;
  /** The task for these changes, when that is not simply to implement the plan. */
  readonly situation: string | null;
  /** Whether changing nothing is an acceptable result. */
  readonly mayBeUnchanged: boolean;
  /** Files of `given` that are not acceptable as they are: they hold both sides of a conflict. */
  readonly conflicts: readonly string[];
  readonly extraPaths: readonly string[];
  readonly policy: ScopePolicy;
}

export interface Execution {
  readonly end: LoopEnd<Finished | Blocked>;
  /** The executor's changes to the snapshot, however the conversation ended. */
  readonly changes: ChangeSet;
}

/** How much of one conversation's edits is recorded, in characters: a large file edited in each turn adds up. */
const RECORDED_MAX = 100_000_000;
const MAX_OUTPUT_TOKENS = 32_000;

/** One component's conversation, from the plan to a change set that passed the gate, or to a blocker. */
export async function implementComponent(job: ExecutionJob, ports: LoopPorts): Promise<Execution> {
  const opening = await openingOf(job);
  const mayWrite = writesAllowed(job, await job.snapshot.entries());
  const planned = job.component.files.map(({ path }) => path);
  let progress = NO_PROGRESS;
  // A turn works on a copy: were it to run again after a crash, it must not find its own half-made edits.
  const overlay = (): Overlay => {
    const fresh = createOverlay(job.snapshot, job.given);
    fresh.applyEdits([...progress.edits.values()]);
    return fresh;
  };
  const setupFor = (model: string): LoopSetup<Finished | Blocked | Rejected, TurnRecord> => {
    // The work of a model that became unavailable is dropped with it.
    progress = NO_PROGRESS;
    return {
      request: {
        model,
        effort: job.effort,
        system: EXECUTOR_SYSTEM,
        cacheKey: job.cacheKey,
        maxOutputTokens: MAX_OUTPUT_TOKENS,
      },
      opening,
      state: {
        beginTurn: () => {
          const copy = overlay();
          let sentBack = false;
          const findings = async () => findingsOn(await copy.changeSet(), job);
          const gate: OutputGate = { findings, wentBack: progress.sentBack, sendBack: () => (sentBack = true) };
          const rules = { mayWrite: progress.recorded > RECORDED_MAX ? () => TOO_MUCH_RECORDED : mayWrite, planned };
          const tools = toolsOver(copy, rules, gate);
          return { tools, edits: () => ({ edits: copy.takeRecords(), sentBack, limit: copy.limitMet() }) };
        },
        apply: (turn) => {
          progress = addTurn(progress, turn);
        },
      },
      terminalTools: ['finish', 'flag_blocker'],
      reportingTools: ['finish'],
      fileOf,
      maxTurns: job.maxTurns,
    };
  };
  const end = outcome(await runLoopWithFallback(job.models, setupFor, ports), progress.limit);
  return { end, changes: await overlay().changeSet() };
}

/** The plan first: with system prompt and tools it is what all components share in the providers' caches. */
async function openingOf({ planFile, component, instructions, base, situation }: ExecutionJob): Promise<string[]> {
  const repository = await repositoryInstructions(component, base);
  return [
    planMessage(planFile),
    componentMessage(component, instructions),
    ...(repository.length === 0 ? [] : [instructionsMessage(repository)]),
    ...(situation === null ? [] : [situation]),
  ];
}

/** The findings of the gate go back to the model once; if there are any again, the component stops because of them. */
function outcome(end: LoopEnd<Finished | Blocked | Rejected>, limit: string | null): Execution['end'] {
  if (end.kind === 'failed') return end;
  const { final, ...rest } = end;
  if (final.kind === 'unfit') return { ...rest, kind: 'failed', reason: unfit(final.findings), modelUnavailable: false };
  if (final.kind === 'blocked' || limit === null) return { ...rest, final };
  return { ...rest, final: { ...final, summary: editsRefused(final.summary, limit) } };
}

/** The part of a job that its result is judged by. */
type Judged = Pick<ExecutionJob, 'component' | 'extraPaths' | 'policy' | 'snapshot' | 'given' | 'conflicts' | 'mayBeUnchanged'>;

/** Why a change set may not be published; also called after the conversation, by code that has not seen it. */
export async function findingsOn(changes: ChangeSet, job: Judged): Promise<string[]> {
  // This attempt is not responsible for changes that were there before: a person may have pushed them.
  const made = changes.filter((change) => !isGiven(change, job));
  const base = await job.snapshot.entries();
  // Nothing that is new is nothing that was done, but given changes may have been undone.
  if (made.length === 0 && (job.mayBeUnchanged || changes.length === 0))
    return job.mayBeUnchanged ? undone(changes, base, job) : ['Nothing was changed.'];
  const unplanned = made.flatMap(({ path, content }) => {
    const reason = unplannedAction(job.component, path, { before: presenceIn(base, path, job), after: content !== null });
    return reason === null ? [] : [`${path} ${reason}.`];
  });
  return [
    ...(await checkChangeSet(made, { inScope: (path) => scopeSentence(path, job), base: job.snapshot })),
    ...unplanned,
    ...undone(changes, base, job),
  ];
}

function isGiven({ path, mode, content }: FileChange, { given, conflicts }: Judged): boolean {
  const before = given.find((change) => change.path === path);
  if (!before || before.mode !== mode || conflicts.includes(path)) return false;
  return content === null || before.content === null ? content === before.content : content.equals(before.content);
}

/** Files that the plan creates or deletes, and that this attempt did not, or has undone. */
function undone(changes: ChangeSet, base: Paths, job: Judged): string[] {
  if (continuesBranch(job)) return [];
  const before = job.mayBeUnchanged ? undoneActions(job.component, withChanges(base, job.given)) : [];
  return undoneActions(job.component, withChanges(base, changes)).filter((sentence) => !before.includes(sentence));
}

function withChanges(base: Paths, changes: ChangeSet): Paths {
  const changed = new Map(changes.map(({ path, content }) => [path, content !== null]));
  return { has: (path) => changed.get(path) ?? base.has(path) };
}

/**
 * Whether the snapshot is the component's own branch, as for a revision: then it does not show what was there before the component.
 */
const continuesBranch = ({ mayBeUnchanged, given }: Judged): boolean => mayBeUnchanged && given.length === 0;

const presenceIn = (base: Paths, path: string, job: Judged): boolean | null => (continuesBranch(job) ? null : base.has(path));

function scopeSentence(path: string, { component, extraPaths, policy }: Judged): string | null {
  const reason = scopeViolation(component, extraPaths, path, policy);
  return reason === null ? null : `${path} ${reason}.`;
}

/**
 * The plan's scope and its actions. A file to be modified may be removed on the way: the gate checks that it is there in the end.
 */
function writesAllowed(job: Judged, base: Paths): MayWrite {
  return (path, write) => {
    const outside = scopeSentence(path, job);
    if (outside !== null) return outside;
    const before = presenceIn(base, path, job);
    const unplanned = (after: boolean): string | null => unplannedAction(job.component, path, { before, after });
    const reason = write === 'remove' && unplanned(true) === null ? null : unplanned(write === 'put');
    return reason === null ? null : `${path} ${reason}.`;
  };
}

const TOO_MUCH_RECORDED = 'Too much has been written in this conversation; no further writes are accepted.';

function toolsOver(overlay: Overlay, rules: WriteRules, gate: OutputGate): readonly Tool<Finished | Blocked | Rejected>[] {
  return [
    listFilesTool(overlay),
    searchTool(overlay),
    readFileTool(overlay),
    editFileTool(overlay, rules),
    createFileTool(overlay, rules),
    overwriteFileTool(overlay, rules),
    deleteFileTool(overlay, rules),
    moveFileTool(overlay, rules),
    flagBlockerTool(),
    finishTool(gate),
  ];
}
