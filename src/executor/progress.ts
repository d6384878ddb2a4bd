import type { EditRecord } from './edit/overlay.ts';

/** What one turn did, as JSON: its durable record. */
export interface TurnRecord {
  readonly edits: readonly EditRecord[];
  /** Findings of the gate went back to the model. */
  readonly sentBack: boolean;
  /** Why a write was refused for its size. */
  readonly limit: string | null;
}

/** The sum of all turns so far. */
export interface Progress {
  /** The last state of each path. */
  readonly edits: ReadonlyMap<string, EditRecord>;
  readonly sentBack: boolean;
  readonly limit: string | null;
  /** Characters of all edits on record: each turn keeps the whole of the files it changed. */
  readonly recorded: number;
}

export const NO_PROGRESS: Progress = { edits: new Map(), sentBack: false, limit: null, recorded: 0 };

export const addTurn = (progress: Progress, turn: TurnRecord): Progress => ({
  edits: new Map([...progress.edits, ...turn.edits.map((edit) => [edit.path, edit] as const)]),
  sentBack: progress.sentBack || turn.sentBack,
  limit: turn.limit ?? progress.limit,
  recorded: turn.edits.reduce((sum, { content }) => sum + (content?.length ?? 0), progress.recorded),
});
