import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SeenRequest } from '../support/github/traffic.ts';

/** Everything that happened in one run, for those who look for what went wrong. */
export interface Journal {
  note(who: string, what: string): void;
  /** A bot printed a line. */
  heard(pid: number, line: string): void;
  /** The last lines that the bots logged. */
  last(count: number): string[];
  /** Writes everything in its order, GitHub's requests included, and returns the file's path. */
  keep(requests: readonly SeenRequest[]): string;
}

interface Entry {
  readonly at: number;
  readonly text: string;
}

const LEVELS: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' };
/** What says nothing that is not said elsewhere in the journal. */
const LEFT_OUT = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'err', 'name']);

/** A line of the log, to be read by people; null for the requests, which the journal has from GitHub itself. */
function readable(line: string): string | null {
  if (!line.startsWith('{')) return line;
  const { level, msg, err, name, ...rest } = JSON.parse(line) as Record<string, unknown>;
  if (typeof msg === 'string' && msg.startsWith('GitHub request: ')) return null;
  const told = Object.entries(rest).filter(([key]) => !LEFT_OUT.has(key));
  const error = err === undefined ? '' : ` ${(err as { stack?: string }).stack ?? JSON.stringify(err)}`;
  const more = told.length > 0 ? ` ${JSON.stringify(Object.fromEntries(told))}` : '';
  return `${LEVELS[Number(level)] ?? level} ${name ?? ''} ${msg}${more}${error}`.slice(0, 1_500);
}

export function openJournal(name: string): Journal {
  const entries: (Entry & { readonly who: string })[] = [];
  return {
    note: (who, what) => void entries.push({ at: Date.now(), who, text: what }),
    heard(pid, line) {
      const text = readable(line);
      if (text !== null) entries.push({ at: Date.now(), who: `bot ${pid}`, text });
    },
    last: (count) =>
      entries
        .filter(({ who }) => who.startsWith('bot '))
        .slice(-count)
        .map(({ who, text }) => `${who}: ${text}`),
    keep(requests) {
      const seen = requests.map(({ at, by, method, path, status, body }): Entry => {
        const said =
          method === 'GET' || body === undefined ? '' : ` ${JSON.stringify(body).slice(0, path === '/graphql' ? 60 : 400)}`;
        return {
          at: at.getTime(),
          text: `GitHub: ${by.login || by.kind} ${method} ${path} -> ${status ?? 'not answered'}${said}`,
        };
      });
      const all = [...entries.map(({ at, who, text }): Entry => ({ at, text: `${who}: ${text}` })), ...seen];
      const file = join(mkdtempSync(join(tmpdir(), 'planwright-chaos-')), `${name}.log`);
      const lines = all.sort((a, b) => a.at - b.at).map(({ at, text }) => `${new Date(at).toISOString().slice(11, 23)} ${text}`);
      writeFileSync(file, `${lines.join('\n')}\n`);
      return file;
    },
  };
}
