import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import { LOCK_FILE, lockFolder } from './embedded/lock-file.ts';
import { errorReason, NO_SUCH_DATABASE } from './open-store.ts';

export interface DatabaseLocation {
  /** Null: an embedded PGlite under `dataDir`. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /** The `/ready` address of a server that may be running on the same data. */
  readonly readyUrl: string;
}

/** What can be found out about the database without opening it exclusively, because a server may be running on it. */
export const inspectDatabase = ({ databaseUrl, dataDir, readyUrl }: DatabaseLocation): Promise<Outcome<string>> =>
  databaseUrl === null ? inspectEmbedded(dataDir, readyUrl) : inspectPostgres(databaseUrl);

async function inspectPostgres(connectionString: string): Promise<Outcome<string>> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return success(`PostgreSQL ${rows[0]?.server_version ?? ''} answers`);
  } catch (error) {
    if ((error as { code?: unknown }).code === NO_SUCH_DATABASE)
      return success(
        'PostgreSQL answers; the database does not exist yet and is created at the first start, if the user may do so',
      );
    return failure(`The database of DATABASE_URL cannot be opened: ${errorReason(error)}.`);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Only a running server has the embedded database open, and only it can say how the database is. */
async function inspectEmbedded(dataDir: string, readyUrl: string): Promise<Outcome<string>> {
  // Taking the lock would create its file, perhaps as another user than the server's.
  if (!existsSync(join(dataDir, LOCK_FILE))) return success(`embedded, will be created in ${dataDir} at the first start`);
  const lock = lockFolder(dataDir);
  if (lock.ok) {
    lock.value.release();
    return success(`embedded in ${dataDir}; no server is running on it now`);
  }
  try {
    const answer = await fetch(readyUrl, { signal: AbortSignal.timeout(10_000) });
    const said = (await answer.text()).slice(0, 500);
    return answer.ok
      ? success(`embedded in ${dataDir}; the server running on it is ready`)
      : failure(`A server is running on ${dataDir} and is not ready: ${said}`);
  } catch {
    return failure(`Another process uses ${dataDir}, and no Planwright server answers at ${readyUrl}.`);
  }
}
