import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { historyReader } from '../adapters/store/history/reader.ts';
import { makeHistoryTables } from '../adapters/store/history/tables.ts';
import { openStore, readingPool } from '../adapters/store/open-store.ts';
import { createSigner } from '../dashboard/access/signed.ts';
import { COMMAND_PURPOSE } from '../dashboard/dashboard.ts';
import { exportMarkdown } from '../dashboard/export/markdown.ts';
import { exportJson, gatherTask } from '../dashboard/export/task-export.ts';
import { DASHBOARD_PATH, taskPath } from '../domain/dashboard-path.ts';
import { failure, type Outcome, success } from '../domain/outcome.ts';
import type { HistoryReader, ListedAudit } from '../ports/history.ts';
import { type Environment, readEnvironment } from '../settings/environment/environment.ts';
import { secretsIn } from '../settings/environment/environment-secrets.ts';
import { createExactRedactor } from '../text/redaction/redactor.ts';

export interface TaskName {
  readonly owner: string;
  readonly name: string;
  readonly issue: number;
}

export type ExportFormat = 'md' | 'json';

/** What is kept, wherever it is. Reasons are sentences for the operator; null: there is no such task. */
export interface HistorySource {
  exported(task: TaskName, format: ExportFormat): Promise<Outcome<string | null>>;
  /** The oldest first. `since`: milliseconds since the epoch; null: everything. */
  audit(since: number | null): Promise<Outcome<readonly ListedAudit[]>>;
  close(): Promise<void>;
}

const AUDIT_PAGE = 1_000;

/** Opens the store where it can be read, and else asks the server that has it. */
export async function openHistorySource(variables: NodeJS.ProcessEnv): Promise<Outcome<HistorySource, string[]>> {
  const environment = readEnvironment(variables, (path) => readFileSync(path, 'utf8'));
  if (!environment.ok) return failure(environment.reason);
  const env = environment.value;
  if (env.databaseUrl !== null) {
    const pool = readingPool(env.databaseUrl);
    pool.on('error', () => {});
    return success(fromStore(env, historyReader(pool), () => pool.end()));
  }
  const dataDir = resolve(env.dataDir);
  if (!existsSync(join(dataDir, 'pglite'))) return failure([`There is no database in ${dataDir}.`]);
  const opened = await openStore({ databaseUrl: null, dataDir, log: pino({ level: 'silent' }) });
  // A server is running on it.
  if (!opened.ok) return fromServer(env, opened.reason);
  await makeHistoryTables(opened.value.pool);
  return success(fromStore(env, historyReader(opened.value.pool), () => opened.value.close()));
}

function fromStore(env: Environment, reader: HistoryReader, close: () => Promise<void>): HistorySource {
  const redact = createExactRedactor(secretsIn(env));
  const failed = (error: unknown): Outcome<never> =>
    failure(redact(`The database cannot be read: ${error instanceof Error ? error.message : String(error)}.`));
  return {
    async exported(task, format) {
      try {
        const all = await gatherTask(reader, task, 'all');
        return success(all && redact(format === 'md' ? exportMarkdown(all) : exportJson(all)));
      } catch (error) {
        return failed(error);
      }
    },
    async audit(since) {
      try {
        const page = (before: number | null) => reader.audit({ visible: 'all', task: null, since, before, limit: AUDIT_PAGE });
        return success(JSON.parse(redact(JSON.stringify(await everyPage(page)))) as ListedAudit[]);
      } catch (error) {
        return failed(error);
      }
    },
    close,
  };
}

/** The server proves nothing to us: it is on the address that this environment names. */
function fromServer(env: Environment, reason: string): Outcome<HistorySource, string[]> {
  const { admin } = env;
  if (admin === null || admin.port === 0)
    return failure([reason, 'To ask the server that has it, set ADMIN_PORT for both; or stop the server, or use PostgreSQL.']);
  const host = ['0.0.0.0', '::'].includes(admin.host) ? '127.0.0.1' : admin.host;
  const base = `http://${host.includes(':') ? `[${host}]` : host}:${admin.port}`;
  const signer = createSigner(env);

  async function ask(path: string): Promise<Outcome<string | null>> {
    try {
      const authorization = `Bearer ${signer.sign(COMMAND_PURPOSE, {}, Date.now() + 60_000)}`;
      const answer = await fetch(base + path, { headers: { authorization }, redirect: 'manual' });
      if (answer.status === 404) return success(null);
      if (answer.status === 200) return success(await answer.text());
      return failure(
        answer.status === 401
          ? `The server at ${base} has other secrets than this environment.`
          : `The server at ${base} answers with ${answer.status}; its log has the reason.`,
      );
    } catch {
      return failure(`${reason} It does not answer at ${base}, where ADMIN_HOST and ADMIN_PORT say that it is.`);
    }
  }

  return success({
    exported: (task, format) => ask(`${taskPath(task)}/export.${format}`),
    async audit(since) {
      let problem: string | null = null;
      const page = async (before: number | null): Promise<ListedAudit[]> => {
        const query = new URLSearchParams({
          ...(since !== null && { since: String(since) }),
          ...(before !== null && { before: String(before) }),
        });
        const answer = await ask(`${DASHBOARD_PATH}/audit.json?${query}`);
        if (!answer.ok || answer.value === null) {
          problem = answer.ok ? `The server at ${base} has no audit.` : answer.reason;
          return [];
        }
        return JSON.parse(answer.value) as ListedAudit[];
      };
      const all = await everyPage(page);
      return problem === null ? success(all) : failure(problem);
    },
    close: async () => {},
  });
}

/** The pages come with the latest first. */
async function everyPage(page: (before: number | null) => Promise<readonly ListedAudit[]>): Promise<ListedAudit[]> {
  const all: ListedAudit[] = [];
  for (let before: number | null = null; ; ) {
    const some: readonly ListedAudit[] = await page(before);
    all.push(...some);
    if (some.length < AUDIT_PAGE) return all.reverse();
    before = some.at(-1)?.id ?? null;
  }
}
