import type { TaskRecord } from '../../domain/task/task-record.ts';
import type { Action } from './action.ts';

/** The effect of a command on the record. `answer` is the requested reply; `refusal` says why nothing was done. */
export interface CommandEffect {
  readonly record: TaskRecord | null;
  readonly actions?: readonly Action[];
  readonly answer?: string;
  readonly refusal?: string;
  /** The reply is given once an issue, under this key. */
  readonly oncePerIssue?: string;
  /** A workflow finishes it later: no closing reaction yet. */
  readonly pending?: boolean;
}
