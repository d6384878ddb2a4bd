import type { Limits } from '../domain/model/budget.ts';
import type { Usage } from '../domain/model/usage.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { RepositoryRef } from '../domain/repository.ts';
import type { TaskRef, TaskState } from '../domain/task/task.ts';
import type { TaskRecord } from '../domain/task/task-record.ts';

/**
 * What the operator can look up: tasks as they were last seen, transcripts of models' conversations, and the audit. Nothing is decided by it: a
 * database that was lost takes it along, and every task continues from GitHub.
 */

/** A task as its status comment shows it. */
export interface TaskEntry {
  readonly task: TaskRef;
  readonly title: string;
  readonly state: TaskState;
  /** Markdown, as in the status comment. */
  readonly headline: string;
  readonly next: NextStep;
  readonly startedBy: string;
  /** When it was started, ISO 8601. */
  readonly startedAt: string;
  /** Of finished work, US dollars; null: a price is unknown. */
  readonly usd: number | null;
  readonly details: TaskDetails;
}

/** What is next, in Markdown, and whose turn it is; `who`: a login, null where it is nobody in particular. */
export interface NextStep {
  readonly awaits: 'person' | 'machine' | 'nobody';
  readonly who: string | null;
  readonly text: string;
}

export interface TaskDetails {
  readonly record: TaskRecord;
  /** At the head of its pull request, where it can be read. */
  readonly plan: Plan | null;
  readonly limits: Limits | null;
}

/** The parts of a turn that people wrote, the program sent, or a model answered. Every text is redacted and bounded. */
export interface TranscriptContent {
  /** What a conversation began with; null after its first turn. */
  readonly opening: { readonly system: string; readonly tools: readonly string[]; readonly messages: readonly string[] } | null;
  /** The answers to the calls of the turn before, by call. */
  readonly results: readonly { readonly id: string; readonly content: string; readonly isError: boolean }[];
  /** What the model was told instead where it had called no tool. */
  readonly correction: string | null;
  readonly reasoning: string | null;
  readonly text: string;
  /** `input` is JSON, or what could not be read as such. */
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: string }[];
  /** Why the conversation ended without a further turn; null where it did not. */
  readonly failure: string | null;
}

/** One model response with what led to it, under the name of the step that recorded it. */
export interface TranscriptTurn {
  readonly workflow: string;
  /** Of its workflow's steps. */
  readonly name: string;
  readonly task: TaskRef;
  /** When it was recorded, milliseconds since the epoch, and how long it took, tools included. */
  readonly at: number;
  readonly ms: number;
  /** Null where no model answered. */
  readonly model: string | null;
  readonly usage: Usage;
  readonly usd: number | null;
  readonly failed: boolean;
  readonly content: TranscriptContent;
}

export type AuditKind =
  | 'started'
  | 'planned'
  | 'approved'
  | 'published'
  | 'answered'
  | 'blocked'
  | 'failed'
  | 'merged'
  | 'cancelled'
  | 'done';

/** One thing that happened, for the record. The same key is kept once. */
export interface AuditEntry {
  readonly key: string;
  readonly kind: AuditKind;
  /** ISO 8601; of what a person did, when they did it where GitHub tells. */
  readonly at: string;
  /** A login, or `provider/model-id`. */
  readonly by: string | null;
  /** How it was approved. */
  readonly way: 'review' | 'merge' | 'command' | null;
  readonly component: string | null;
  /** Of PLAN.md: what was approved, or what was carried out. */
  readonly blob: string | null;
  readonly pull: number | null;
  readonly commit: string | null;
  /** The comment, review or pull request it comes from, on GitHub. */
  readonly source: string | null;
  readonly usd: number | null;
  /** A reason or a blocker. */
  readonly text: string | null;
  /** The text that was approved, as the program reads it. */
  readonly plan: Plan | null;
}

export interface History {
  /** Keeps the task as it is now, and what is new of the audit. */
  noteTask(entry: TaskEntry, audit: readonly AuditEntry[]): Promise<void>;
  /** Its issue was deleted or transferred. */
  taskRemoved(task: TaskRef): Promise<void>;
  noteTurn(turn: TranscriptTurn): Promise<void>;
  /**
   * The repository has another name, or is gone: what was recorded under this one is the operator's alone from now on, because another
   * repository may take the name. The same happens when a task arrives through another installation than before.
   */
  detach(repository: { readonly owner: string; readonly name: string }): Promise<void>;
  /** The App was uninstalled from the account, or is suspended: its tasks are awaited by nobody, until it is back or one of them is observed again. */
  left(owner: string): Promise<void>;
  /**
   * The App may not work in this one any more, though it is there: until it is back, what was recorded is the operator's alone, because it may
   * be renamed meanwhile and nobody would tell. `id`: GitHub's.
   */
  leftRepository(repository: { readonly owner: string; readonly name: string }, id: number): Promise<void>;
  /**
   * It may work there again, through the installation that it had before: what was not over is awaited again. `id`: GitHub's, null where it is
   * not known; then nothing returns of a repository that had been left on its own.
   */
  returned(repository: RepositoryRef, id: number | null): Promise<void>;
  /** Removes what is older than the operator keeps it. */
  removeOutdated(): Promise<void>;
}

type Moment = number;

/** A row of the list of tasks. Moments are milliseconds since the epoch. */
export interface ListedTask extends Pick<TaskEntry, 'task' | 'title' | 'state' | 'headline' | 'next' | 'startedBy'> {
  readonly startedAt: Moment;
  readonly stateSince: Moment;
  readonly updatedAt: Moment;
  /** Everything that models have cost so far, calls in flight at their most. */
  readonly usd: number;
  /** When the oldest call of a model that is in flight was made. */
  readonly calledAt: Moment | null;
  /** Nobody is awaited there any more. */
  readonly removed: boolean;
  /** It is, because the App may not work there. */
  readonly away: boolean;
}

/** One piece of work's conversation, without its texts. */
export interface ListedConversation {
  readonly workflow: string;
  readonly from: Moment;
  readonly to: Moment;
  readonly turns: number;
  readonly usage: Usage;
  /** Null: a price is unknown. */
  readonly usd: number | null;
  readonly ms: number;
  readonly model: string | null;
  readonly failed: boolean;
}

export interface ListedAudit extends AuditEntry {
  readonly id: number;
  readonly repository: string;
  readonly issue: number;
}

export interface RepositorySpend {
  readonly repository: string;
  readonly monthUsd: number;
  readonly dayUsd: number;
  readonly tokens: number;
}

export interface QueueState {
  readonly queue: string;
  readonly running: number;
  readonly waiting: number;
  readonly delayed: number;
  /** Since when the oldest waits. */
  readonly oldestAt: Moment | null;
}

/**
 * Which tasks a reader may see: those of these repositories (OWNER/NAME), as far as they were recorded for these and not for others that had
 * the names before; or all.
 */
export type Visible = readonly string[] | 'all';

interface TaskFilter {
  readonly visible: Visible;
  readonly states: readonly TaskState[];
  readonly offset: number;
  readonly limit: number;
}

interface AuditFilter {
  readonly visible: Visible;
  readonly task: { readonly owner: string; readonly name: string; readonly issue: number } | null;
  /** Milliseconds since the epoch; null: all there is. */
  readonly since: Moment | null;
  /** Entries before this one, the latest first; null: from the latest. */
  readonly before: number | null;
  readonly limit: number;
}

export interface TaskCounts {
  readonly byState: Readonly<Partial<Record<TaskState, number>>>;
  /** Those that go on when a person does something; a cancelled one may rest. */
  readonly awaitingPeople: number;
}

export interface HistoryReader {
  /** Those that have tasks, the busiest last first. */
  repositories(): Promise<readonly { readonly owner: string; readonly name: string; readonly installation: number }[]>;
  /** Those that wait for people or work first, the latest change first. */
  tasks(filter: TaskFilter): Promise<readonly ListedTask[]>;
  counts(visible: Visible): Promise<TaskCounts>;
  /** Names in any case. */
  task(
    name: { readonly owner: string; readonly name: string; readonly issue: number },
    visible: Visible,
  ): Promise<(ListedTask & TaskDetails) | null>;
  /** Of a task, the oldest first. */
  conversations(task: TaskRef, visible: Visible): Promise<readonly ListedConversation[]>;
  /** Of one piece of work, the oldest first. */
  transcript(workflow: string, visible: Visible): Promise<readonly Omit<TranscriptTurn, 'task'>[]>;
  /** What each call has cost, the oldest first. */
  spending(task: TaskRef, visible: Visible): Promise<readonly { readonly at: Moment; readonly usd: number }[]>;
  /** Since the beginning of the month and the day. */
  spendByRepository(visible: Visible, month: Moment, day: Moment): Promise<readonly RepositorySpend[]>;
  audit(filter: AuditFilter): Promise<readonly ListedAudit[]>;
  queues(): Promise<readonly QueueState[]>;
}
