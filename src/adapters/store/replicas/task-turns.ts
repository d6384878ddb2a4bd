import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { ReplicaWaits, TaskTurns } from '../../../ports/replicas.ts';

/**
 * The engine's queue lets one workflow of a task run at a time in one process only: of two processes, one may claim a workflow that fell
 * due while the other claims the one it has just looked at (5 of 6,128, measured). The one that comes second waits here for a moment, since
 * sent back to the queue it would start more than a second later, and behind what has come since.
 */
export function openTaskTurns(pool: Pool, waits: Pick<ReplicaWaits, 'turn' | 'database'>, log: Logger): TaskTurns {
  async function tryOnce(task: string, workflow: string): Promise<boolean> {
    for (;;) {
      try {
        const { rows } = await pool.query<{ taken: boolean }>('SELECT planwright.take_turn($1, $2) AS taken', [task, workflow]);
        return rows[0]?.taken === true;
      } catch (error) {
        // Without the database nothing goes on; an error here would end the workflow, and what it was to handle would be lost.
        log.warn({ err: error, task }, 'Whose turn it is could not be read yet');
        await delay(waits.database);
      }
    }
  }

  return {
    async take(task, workflow) {
      for (const pause of waits.turn) {
        if (await tryOnce(task, workflow)) return true;
        await delay(pause);
      }
      return tryOnce(task, workflow);
    },
  };
}
