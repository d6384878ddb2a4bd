import type { TaskRecord } from '../../domain/task/task-record.ts';
import type { Action } from './action.ts';

/** What a command did to the record. `answer` is a reply people asked for; `refusal` says why nothing was done. */
export interface CommandEffect {
  readonly record: TaskRecord | null;
  readonly actions?: readonly Action[];
  readonly answer?: string;
  readonly refusal?: string;
  /** The reply is given once an issue, under this key. */
  readonly oncePerIssue?: string;
  /** It ends later, elsewhere: no closing reaction yet. */
  readonly pending?: boolean;
}
