import type { LocalReport } from '../../adapters/git/local-report.ts';
import type { Limits } from '../../domain/model/budget.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PriceOf } from '../../ports/prices.ts';
import type { Snapshot } from '../../ports/snapshot.ts';
import type { TrySubject } from '../../workflows/try/ports.ts';
import type { TryWork } from '../../workflows/try/register.ts';
import type { Decision } from './decision.ts';
import type { Tell } from './events.ts';
import type { Session } from './session.ts';

/** A try while its process runs: what it is about, how far it is, and what it reaches people and models through. */
export interface TheTry {
  readonly subject: TrySubject;
  /** The repository at the commit everything starts from. */
  readonly snapshot: Snapshot;
  readonly work: TryWork;
  readonly report: LocalReport;
  readonly priceOf: PriceOf;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly tell: Tell;
  /** Where PLAN.md lies, for the person to edit. */
  readonly planPath: string;
  session(): Session;
  /** Remembered before it returns. */
  update(change: Partial<Session>): void;
  /** What the person wants; null when there is nobody to ask. */
  decide(about: string, choices: readonly Decision['kind'][]): Promise<Decision | null>;
  /** One line of text from the person; null when there is nobody to ask. */
  askFor(what: string): Promise<string | null>;
  /** Opens a file in the person's editor; a reason when it could not be. */
  edit(path: string): Promise<string | null>;
}

/** The person who runs the command, as the models are told. */
export const PERSON = 'the user';

/** How a part of the way ended: it goes on, or nothing more happens in this process. */
export type Ended = { readonly kind: 'stopped'; readonly reason: string; readonly code: number };

export const stopped = (reason: string, code: number): Ended => ({ kind: 'stopped', reason, code });
