import { currentOwnerXid } from '@dbos-inc/dbos-sdk/internal/context';
import { SystemDatabase } from '@dbos-inc/dbos-sdk/internal/system_database';

/**
 * Milliseconds. The engine checks whether work was cancelled right before and right after it reads a step's result, which tells it so;
 * a check that comes later is made.
 */
const CHECK_VALID_MS = 100;
const CANCELLED = 'CANCELLED';

type Methods = Pick<SystemDatabase, 'getOperationResultAndThrowIfCancelled' | 'recordOperationResult' | 'checkIfCanceled'>;
type Stored = Awaited<ReturnType<SystemDatabase['getOperationResultAndThrowIfCancelled']>>;

interface StepRow {
  readonly status: string;
  readonly recorded: boolean;
  readonly output: string | null;
  readonly error: string | null;
  readonly child_workflow_id: string | null;
  readonly function_name: string;
  readonly serialization: string | null;
}

const engineMethods: Methods = {
  getOperationResultAndThrowIfCancelled: SystemDatabase.prototype.getOperationResultAndThrowIfCancelled,
  recordOperationResult: SystemDatabase.prototype.recordOperationResult,
  checkIfCanceled: SystemDatabase.prototype.checkIfCanceled,
};

/**
 * Two statements for each step instead of seven or eight: one reads whether the work was cancelled and whether the step has a result, one records
 * the result if the work is still this process's. The engine takes a transaction of four to record, and reads the status two or three times.
 * Whatever is not the ordinary case (cancelled, taken over, recorded otherwise, a database that fails) is left to the engine's own
 * functions, which begin again and say what is wrong. To be called before the launch.
 */
export function useOneStatementPerStep(): void {
  const databases = new WeakMap<SystemDatabase, Map<string, number>>();
  const checkedAtOf = (database: SystemDatabase): Map<string, number> => {
    const known = databases.get(database) ?? new Map<string, number>();
    databases.set(database, known);
    return known;
  };
  const noteNotCancelled = (database: SystemDatabase, workflow: string): void => {
    const known = checkedAtOf(database);
    for (const [other, at] of known) if (Date.now() - at > CHECK_VALID_MS) known.delete(other);
    known.set(workflow, Date.now());
  };

  const ours: Methods & ThisType<SystemDatabase> = {
    async getOperationResultAndThrowIfCancelled(workflowID, functionID) {
      const row = await readStep(this, workflowID, functionID).catch(() => null);
      if (!row || row.status === CANCELLED) {
        return engineMethods.getOperationResultAndThrowIfCancelled.call(this, workflowID, functionID);
      }
      noteNotCancelled(this, workflowID);
      return row.recorded ? storedResult(row) : undefined;
    },

    async recordOperationResult(...given) {
      const isRecorded = await recordStep(this, given).catch(() => false);
      if (!isRecorded) return engineMethods.recordOperationResult.apply(this, given);
      // Cancelling clears `owner_xid`, so a recorded result proves that the work was not cancelled.
      noteNotCancelled(this, given[0]);
    },

    async checkIfCanceled(workflowID) {
      const at = checkedAtOf(this).get(workflowID);
      checkedAtOf(this).delete(workflowID);
      if (at === undefined || Date.now() - at > CHECK_VALID_MS) await engineMethods.checkIfCanceled.call(this, workflowID);
    },
  };
  Object.assign(SystemDatabase.prototype, ours);
}

async function readStep({ pool, schemaName }: SystemDatabase, workflow: string, step: number): Promise<StepRow | null> {
  const { rows } = await pool.query<StepRow>(
    `SELECT w.status, o.workflow_uuid IS NOT NULL AS recorded, o.output, o.error, o.child_workflow_id, o.function_name, o.serialization
     FROM "${schemaName}".workflow_status w
     LEFT JOIN "${schemaName}".operation_outputs o ON o.workflow_uuid = w.workflow_uuid AND o.function_id = $2
     WHERE w.workflow_uuid = $1`,
    [workflow, step],
  );
  return rows[0] ?? null;
}

const storedResult = (row: StepRow): Stored => ({
  output: row.output,
  error: row.error,
  childWorkflowID: row.child_workflow_id,
  functionName: row.function_name,
  serialization: row.serialization,
});

/**
 * Records the result if the work is owned by this execution and the step has none yet, or this very one. The lock is the engine's: whoever
 * takes the work over waits for it, and where they were first, their token is found here.
 * @returns whether that was so.
 */
async function recordStep(
  { pool, schemaName, appName }: SystemDatabase,
  [workflow, step, name, , startedAt, endedAt, result = {}]: Parameters<SystemDatabase['recordOperationResult']>,
): Promise<boolean> {
  const owner = currentOwnerXid(workflow);
  if (owner === undefined) return false;
  const { rows } = await pool.query<{ completed_at_epoch_ms: string }>(
    `WITH owned AS MATERIALIZED (
       SELECT workflow_uuid FROM "${schemaName}".workflow_status WHERE workflow_uuid = $1 AND owner_xid = $2 FOR NO KEY UPDATE
     )
     INSERT INTO "${schemaName}".operation_outputs
       (workflow_uuid, function_id, output, error, function_name, child_workflow_id, started_at_epoch_ms, completed_at_epoch_ms,
        serialization, application_name, retention_timestamp)
     SELECT workflow_uuid, $3::int, $4, $5, $6, $7, $8::bigint, $9::bigint, $10, $11, (EXTRACT(EPOCH FROM now()) * 1000)::bigint FROM owned
     ON CONFLICT (workflow_uuid, function_id) DO UPDATE SET completed_at_epoch_ms = operation_outputs.completed_at_epoch_ms
     RETURNING completed_at_epoch_ms`,
    [
      workflow,
      owner,
      step,
      result.output ?? null,
      result.error ?? null,
      name,
      result.childWorkflowID ?? null,
      startedAt,
      endedAt,
      result.serialization ?? null,
      appName ?? null,
    ],
  );
  return Number(rows[0]?.completed_at_epoch_ms) === endedAt;
}
