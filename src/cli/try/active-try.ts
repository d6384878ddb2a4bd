import type { LocalReport } from '../../adapters/git/local/report.ts';
import type { Limits } from '../../domain/model/budget.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PriceOf } from '../../ports/prices.ts';
import type { Snapshot } from '../../ports/snapshot.ts';
import type { TrySubject } from '../../workflows/try/ports.ts';
import type { TryWork } from '../../workflows/try/register.ts';
import type { Decision } from './decision.ts';
import type { Session } from './session.ts';
import type { EmitEvent } from './terminal/events.ts';

/** A try while its process runs: its subject, its progress, and its ways to reach people and models. */
export interface ActiveTry {
  readonly subject: TrySubject;
  /** The repository at the commit everything starts from. */
  readonly snapshot: Snapshot;
  readonly work: TryWork;
  readonly report: LocalReport;
  readonly priceOf: PriceOf;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly emit: EmitEvent;
  /** The PLAN.md that the person can edit. */
  readonly planPath: string;
  session(): Session;
  /** Saved before it returns. */
  update(change: Partial<Session>): void;
  /** The person's decision; null when no person can answer. */
  decide(about: string, choices: readonly Decision['kind'][]): Promise<Decision | null>;
  /** One line of text from the person; null when no person can answer. */
  askFor(what: string): Promise<string | null>;
  /** Opens a file in the person's editor; a reason when it could not be. */
  edit(path: string): Promise<string | null>;
}

/** How models are told about the person who runs the command. */
export const PERSON = 'the user';

/** Why this process stops working on the try. */
export type Ended = { readonly kind: 'stopped'; readonly reason: string; readonly code: number };

export const stopped = (reason: string, code: number): Ended => ({ kind: 'stopped', reason, code });
