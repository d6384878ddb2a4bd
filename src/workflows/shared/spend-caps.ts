import { randomUUID } from 'node:crypto';
import { type Amount, exceeded, type Limits, sum } from '../../domain/model/budget.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import { fullName, type RepositoryRef } from '../../domain/repository.ts';
import { type TaskRef, taskKey } from '../../domain/task/task.ts';
import { type Cap, type SpendStore, SpendUnavailable } from '../../ports/spend.ts';
import { budgetSpent, capReached } from '../../replies/phrases/budget.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import type { OperatorCaps, WorkflowPorts } from './ports.ts';

/** The limits that hold now; days and months are those of UTC. */
export function capsAt(now: number, operator: OperatorCaps, repository: RepositoryRef, budget: Settings['budget'] | null): Cap[] {
  const date = new Date(now);
  const month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  const day = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  const own = budget?.usd_per_month ?? null;
  return [
    ...(operator.perDay === null ? [] : [{ kind: 'day' as const, repository: null, since: day, usd: operator.perDay }]),
    ...(operator.perMonth === null ? [] : [{ kind: 'month' as const, repository: null, since: month, usd: operator.perMonth }]),
    ...(own === null ? [] : [{ kind: 'repository_month' as const, repository: fullName(repository), since: month, usd: own }]),
  ];
}

/** The row of one call that is being made. */
interface Charge {
  settle(cost: Amount): Promise<void>;
}

/** What a call may cost at most, and the limits of its task and its repository. */
interface Charged {
  readonly cost: Amount;
  readonly limits: Limits;
  readonly budget: Settings['budget'] | null;
}

/** Charges calls as rows. A call that fits only after others, of this process or another, are over waits for them. */
export function chargeCalls({ spend, caps, clock, log, waits }: WorkflowPorts) {
  let released = Promise.withResolvers<void>();

  /**
   * A turn is asked for once, and this comes before it: an error would end work whose earlier turns were paid. Without the database nothing can
   * be recorded anyway, so that nothing is lost by waiting for it.
   */
  async function reserve(...[call, ...within]: Parameters<SpendStore['reserve']>): ReturnType<SpendStore['reserve']> {
    for (;;) {
      try {
        return await spend.reserve(call, ...within);
      } catch (error) {
        if (!(error instanceof SpendUnavailable)) throw error;
        log.warn({ err: error, task: call.task }, 'What a call may cost could not be reserved yet');
        await clock.sleep(waits.replicas.database);
      }
    }
  }

  return async function charge(task: TaskRef, { cost, limits, budget }: Charged): Promise<Outcome<Charge>> {
    const id = randomUUID();
    for (;;) {
      const next = released.promise;
      const now = clock.now();
      const call = { id, task: taskKey(task), repository: fullName(task.repository), cost, at: now };
      const full = await reserve(call, capsAt(now, caps, task.repository, budget), limits);
      if (full === null) break;
      if (full.kind === 'task') {
        const short = exceeded(sum([full.spent, cost]), limits);
        if (short !== null) return failure(budgetSpent(short, limits, full.spent, cost));
      } else if (full.cap.usd === 0 || full.spent + cost.usd > full.cap.usd) return failure(capReached(full, cost));
      await Promise.race([next, clock.sleep(waits.replicas.money)]);
    }
    return success({
      async settle(actual) {
        // A paid turn is worth more than its row: one that cannot be settled counts in full.
        await spend
          .settle(id, actual)
          .catch((error: unknown) => log.error({ err: error }, 'The cost of a call could not be recorded'));
        released.resolve();
        released = Promise.withResolvers();
      },
    });
  };
}
