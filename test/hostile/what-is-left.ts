import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPglite } from '../../src/adapters/store/embedded/empty-database.ts';

/** Where in what a bot leaves behind a secret can be read; `name` says where it is from. */
export interface Left {
  readonly name: string;
  readonly text: string;
}

export function filesIn(folder: string): Left[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((name) => ({ name, text: readFileSync(name, 'latin1') }));
}

/** Every row of every table; in its files a database compresses what is long. */
export async function rowsIn(folder: string): Promise<Left[]> {
  const db = await createPglite(folder);
  const tables = await db.query<{ name: string }>(
    "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
  );
  const left: Left[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await db.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
    left.push({ name, text: rows.map(({ row }) => row.replaceAll('\\\\', '\\').replaceAll('""', '"')).join('\n') });
  }
  await db.close();
  return left;
}

/** Arguments and environments of the processes that the one with this in its environment has started, and theirs. */
export function childrenOf(variable: string): Left[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map(pids.map((pid) => [pid, parentOf(pid)]));
  const bot = pids.find((pid) => readProc(pid, 'environ').split('\0').includes(variable));
  const isBelow = (pid: string): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === bot || (parent !== '0' && isBelow(parent)));
  };
  return (
    pids
      // One that still has the bot's own arguments is the bot's copy, which is about to become git.
      .filter((pid) => bot !== undefined && isBelow(pid) && readProc(pid, 'cmdline') !== readProc(bot, 'cmdline'))
      .flatMap((pid) => [
        { name: `arguments of ${readProc(pid, 'comm').trim()}`, text: readProc(pid, 'cmdline') },
        { name: `environment of ${readProc(pid, 'comm').trim()}`, text: readProc(pid, 'environ') },
      ])
  );
}

const parentOf = (pid: string): string | undefined => /^PPid:\t(\d+)$/m.exec(readProc(pid, 'status'))?.[1];

/** Empty when the process has ended meanwhile. */
function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Which of the secrets can be read where, as `NAME: first characters`. */
export const found = (secrets: Iterable<string>, places: readonly Left[]): string[] => {
  const forms = [...secrets].flatMap((secret) => [secret, Buffer.from(secret).toString('base64')]);
  return places.flatMap(({ name, text }) =>
    forms.filter((form) => text.includes(form)).map((form) => `${name}: ${form.slice(0, 12)}`),
  );
};
