import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { makeTemplateDatabase } from '../test/support/make-templates.ts';
import { type Started, startListening } from './processes.ts';

/** Starts the product with its own waits, the flags that `npm start` gives Node, and what the image sets for the C library. */
export const startProduct = (env: Readonly<Record<string, string>>): Promise<Started> =>
  startListening(join(import.meta.dirname, '../src/start.ts'), {
    flags: startFlags(),
    args: ['serve'],
    env: { MALLOC_ARENA_MAX: '2', ...env },
  });

/** What `npm start` gives Node. */
export function startFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
  return String(scripts.start)
    .split(' ')
    .filter((word) => word.startsWith('--'));
}

/** What a bot has to know of the GitHub it serves. */
export interface ServedGitHub {
  readonly url: string;
  readonly app: { readonly id: number; readonly privateKey: string; readonly webhookSecret: string };
}

export const botVariables = ({ url, app }: ServedGitHub): Record<string, string> => ({
  APP_ID: String(app.id),
  PRIVATE_KEY: app.privateKey,
  WEBHOOK_SECRET: app.webhookSecret,
  GITHUB_API_URL: `${url}/api/v3`,
  GITHUB_SERVER_URL: url,
  ANTHROPIC_API_KEY: 'a-local-key',
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'info',
});

const SERVER = 'postgresql://postgres@127.0.0.1:5432';

/** Scenes that are played from now on use databases on the server, unless TEST_POSTGRES says otherwise (empty: the embedded one). */
export async function onServer(): Promise<void> {
  process.env.TEST_POSTGRES ??= SERVER;
  if (process.env.TEST_POSTGRES) await makeTemplateDatabase(process.env.TEST_POSTGRES);
}

/** A database that does not exist yet. */
export interface UnusedDatabase {
  readonly url: string;
  /** An answer of it, once it exists. */
  query(statement: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  drop(): Promise<void>;
}

export function unusedDatabase(): UnusedDatabase {
  const server = process.env.TEST_POSTGRES || SERVER;
  const name = `planwright_bench_${randomBytes(6).toString('hex')}`;
  const on = async (database: string, statement: string, values: readonly unknown[] = []) => {
    const client = new pg.Client({ connectionString: `${server}/${database}` });
    await client.connect();
    try {
      return (await client.query(statement, [...values])).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  };
  return {
    url: `${server}/${name}`,
    query: (statement, values) => on(name, statement, values),
    drop: async () => void (await on('postgres', `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}
