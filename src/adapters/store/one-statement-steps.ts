import { currentOwnerXid } from '@dbos-inc/dbos-sdk/internal/context';
import { SystemDatabase } from '@dbos-inc/dbos-sdk/internal/system_database';

/**
 * Milliseconds for which it is believed that work was not cancelled and is still this execution's, since the database last said so.
 */
const PROOF_VALID_MS = 100;
const CANCELLED = 'CANCELLED';
/** A step's number that no step has. */
const NO_STEP = -1;

type Methods = Pick<
  SystemDatabase,
  'getOperationResultAndThrowIfCancelled' | 'recordOperationResult' | 'checkIfCanceled' | 'recordWorkflowOutput'
>;
type Stored = Awaited<ReturnType<SystemDatabase['getOperationResultAndThrowIfCancelled']>>;

interface StepRow {
  readonly status: string;
  readonly recorded: boolean;
  readonly last: number | null;
  readonly output: string | null;
  readonly error: string | null;
  readonly child_workflow_id: string | null;
  readonly function_name: string;
  readonly serialization: string | null;
}

/** What the database said of work that was not cancelled at that moment. */
interface Proof {
  readonly at: number;
  /** The execution that asked. */
  readonly owner: string | undefined;
  /** Of the steps that had a result, the one with the highest number. */
  readonly last: number;
}

const engineMethods: Methods = {
  getOperationResultAndThrowIfCancelled: SystemDatabase.prototype.getOperationResultAndThrowIfCancelled,
  recordOperationResult: SystemDatabase.prototype.recordOperationResult,
  checkIfCanceled: SystemDatabase.prototype.checkIfCanceled,
  recordWorkflowOutput: SystemDatabase.prototype.recordWorkflowOutput,
};

/**
 * One statement for each step instead of seven or eight: it records the result if the work is still this process's, and says of the next step that
 * it has no result yet. Only the execution that owns the work can record one, and it numbers its steps in the order in which it begins them, so
 * a step beyond all that an earlier execution recorded has none. Work whose last statement was longer ago, and steps that may have a result, are looked up
 * by one statement more. The engine takes a transaction of four to record, and reads the status two or three times. Work that ends takes one
 * statement instead of four. Whatever is not the ordinary case (cancelled, taken over, recorded otherwise, a database that fails) is left to the
 * engine's own functions, which begin again and say what is wrong. To be called before the launch.
 */
export function useOneStatementPerStep(): void {
  const databases = new WeakMap<SystemDatabase, Map<string, Proof>>();
  const proofsOf = (database: SystemDatabase): Map<string, Proof> => {
    const known = databases.get(database) ?? new Map<string, Proof>();
    databases.set(database, known);
    return known;
  };
  const isValid = ({ at }: Proof): boolean => Date.now() - at <= PROOF_VALID_MS;
  const note = (database: SystemDatabase, workflow: string, last: number | null): void => {
    const known = proofsOf(database);
    for (const [other, proof] of known) if (!isValid(proof)) known.delete(other);
    known.set(workflow, { at: Date.now(), owner: currentOwnerXid(workflow), last: last ?? NO_STEP });
  };
  const proofOf = (database: SystemDatabase, workflow: string): Proof | null => {
    const proof = proofsOf(database).get(workflow);
    return proof && isValid(proof) ? proof : null;
  };
  /** Null where the engine has to say what is wrong. */
  const lookUp = async (database: SystemDatabase, workflow: string, step: number): Promise<StepRow | null> => {
    const row = await readStep(database, workflow, step).catch(() => null);
    if (!row || row.status === CANCELLED) return null;
    note(database, workflow, row.last);
    return row;
  };

  const ours: Methods & ThisType<SystemDatabase> = {
    async getOperationResultAndThrowIfCancelled(workflowID, functionID) {
      const proof = proofOf(this, workflowID);
      const owner = currentOwnerXid(workflowID);
      if (proof && owner !== undefined && proof.owner === owner && functionID > proof.last) return undefined;
      const row = await lookUp(this, workflowID, functionID);
      if (!row) return engineMethods.getOperationResultAndThrowIfCancelled.call(this, workflowID, functionID);
      return row.recorded ? storedResult(row) : undefined;
    },

    async recordOperationResult(...given) {
      const last = await recordStep(this, given).catch(() => null);
      if (last === null) return engineMethods.recordOperationResult.apply(this, given);
      // Cancelling clears `owner_xid`, so a recorded result proves that the work was not cancelled.
      note(this, given[0], last);
    },

    async checkIfCanceled(workflowID) {
      if (proofOf(this, workflowID) || (await lookUp(this, workflowID, NO_STEP))) return;
      await engineMethods.checkIfCanceled.call(this, workflowID);
    },

    async recordWorkflowOutput(...given) {
      const isRecorded = await recordEnd(this, given).catch(() => false);
      return isRecorded || engineMethods.recordWorkflowOutput.apply(this, given);
    },
  };
  Object.assign(SystemDatabase.prototype, ours);
}

async function readStep({ pool, schemaName }: SystemDatabase, workflow: string, step: number): Promise<StepRow | null> {
  const { rows } = await pool.query<StepRow>(
    `SELECT w.status, o.workflow_uuid IS NOT NULL AS recorded, o.output, o.error, o.child_workflow_id, o.function_name, o.serialization,
       (SELECT max(function_id) FROM "${schemaName}".operation_outputs WHERE workflow_uuid = $1) AS last
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
 * @returns the highest number of a step that has a result now, or null where that was not so.
 */
async function recordStep(
  { pool, schemaName, appName }: SystemDatabase,
  [workflow, step, name, , startedAt, endedAt, result = {}]: Parameters<SystemDatabase['recordOperationResult']>,
): Promise<number | null> {
  const owner = currentOwnerXid(workflow);
  if (owner === undefined) return null;
  const { rows } = await pool.query<{ completed_at_epoch_ms: string; last: number | null }>(
    `WITH owned AS MATERIALIZED (
       SELECT workflow_uuid FROM "${schemaName}".workflow_status WHERE workflow_uuid = $1 AND owner_xid = $2 FOR NO KEY UPDATE
     )
     INSERT INTO "${schemaName}".operation_outputs
       (workflow_uuid, function_id, output, error, function_name, child_workflow_id, started_at_epoch_ms, completed_at_epoch_ms,
        serialization, application_name, retention_timestamp)
     SELECT workflow_uuid, $3::int, $4, $5, $6, $7, $8::bigint, $9::bigint, $10, $11, (EXTRACT(EPOCH FROM now()) * 1000)::bigint FROM owned
     ON CONFLICT (workflow_uuid, function_id) DO UPDATE SET completed_at_epoch_ms = operation_outputs.completed_at_epoch_ms
     RETURNING completed_at_epoch_ms, (SELECT max(function_id) FROM "${schemaName}".operation_outputs WHERE workflow_uuid = $1) AS last`,
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
  const [row] = rows;
  if (Number(row?.completed_at_epoch_ms) !== endedAt) return null;
  // The statement does not see its own row yet.
  return Math.max(step, row?.last ?? NO_STEP);
}

/**
 * Records what the work returned, if it is still owned by the execution that is over.
 * @returns whether it was.
 */
async function recordEnd(
  { pool, schemaName }: SystemDatabase,
  [workflow, { output }, owner]: Parameters<SystemDatabase['recordWorkflowOutput']>,
): Promise<boolean> {
  if (owner === undefined) return false;
  const { rowCount } = await pool.query(
    `WITH ended AS (
       UPDATE "${schemaName}".workflow_status
       SET status = 'SUCCESS', owner_xid = NULL, deduplication_id = NULL,
         updated_at = (EXTRACT(EPOCH FROM now()) * 1000)::bigint, completed_at = (EXTRACT(EPOCH FROM now()) * 1000)::bigint
       WHERE workflow_uuid = $1 AND status = 'PENDING' AND owner_xid = $2
       RETURNING workflow_uuid
     )
     INSERT INTO "${schemaName}".workflow_output (workflow_uuid, output)
     SELECT workflow_uuid, $3 FROM ended
     ON CONFLICT (workflow_uuid) DO UPDATE SET output = EXCLUDED.output, error = EXCLUDED.error`,
    [workflow, owner, output ?? null],
  );
  return rowCount === 1;
}
