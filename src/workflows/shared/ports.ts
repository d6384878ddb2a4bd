import type { Logger } from 'pino';
import type { Clock } from '../../ports/clock.ts';
import type { FileClaims } from '../../ports/file-claims.ts';
import type { Forge } from '../../ports/forge/forge.ts';
import type { History } from '../../ports/history.ts';
import type { Models } from '../../ports/model.ts';
import type { PriceOf } from '../../ports/prices.ts';
import type { Rounds, SharedTime, TaskTurns } from '../../ports/replicas.ts';
import type { StatusTexts, TaskList } from '../../ports/shared-memory.ts';
import type { Snapshots } from '../../ports/snapshot.ts';
import type { SpendStore } from '../../ports/spend.ts';
import type { TaskStates } from '../../ports/task-states.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { SettingsSource } from '../../settings/settings-source.ts';
import type { Waits } from '../engine/schedule.ts';

/** What the operator allows all repositories to spend together; null: no limit, 0: nothing, which is the stop switch. */
export interface OperatorCaps {
  readonly perDay: number | null;
  readonly perMonth: number | null;
}

/** The ports through which the workflows reach everything outside. */
export interface WorkflowPorts {
  readonly forge: Forge;
  readonly snapshots: Snapshots;
  readonly models: Models;
  readonly priceOf: PriceOf;
  readonly spend: SpendStore;
  readonly caps: OperatorCaps;
  /** What the operator can look up. */
  readonly history: History;
  /** The dashboard's address, which GitHub's pages link to; null: there are no links. */
  readonly dashboard: string | null;
  /** GitHub's address for people. */
  readonly serverUrl: string;
  readonly claims: FileClaims;
  readonly statusTexts: StatusTexts;
  readonly openTaskList: TaskList;
  readonly taskStates: TaskStates;
  readonly settings: SettingsSource;
  /** How long the checks of a new head may take to appear, in seconds. */
  readonly checksGrace: number;
  readonly clock: Clock;
  /** The same for all processes on the database. */
  readonly time: SharedTime;
  readonly turns: TaskTurns;
  readonly rounds: Rounds;
  readonly waits: Waits;
  readonly log: Logger;
  readonly telemetry: Telemetry;
}
