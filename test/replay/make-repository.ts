import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GIT_ENVIRONMENT } from '../support/github/git-command.ts';

/** A text, bytes, or an entry of another mode; a submodule's content is its commit. */
type Entry = string | Buffer | { readonly mode: '100755' | '120000' | '160000'; readonly content: string | Buffer };

export interface Step {
  /** The commit's subject. */
  readonly did: string;
  /** Paths taken away, before anything is put. */
  readonly gone?: readonly string[];
  readonly put?: Readonly<Record<string, Entry>>;
}

export interface MadeRepository {
  readonly path: string;
  remove(): void;
}

/**
 * A bare repository with one commit for each step, byte for byte as given: nothing is ever checked out. Paths are the bytes of their UTF-8
 * unless they are written in Latin-1 (`latin1:`), for names that are no UTF-8.
 */
export function makeRepository(steps: readonly Step[]): MadeRepository {
  const path = mkdtempSync(join(tmpdir(), 'planwright-odd-'));
  const git = (args: readonly string[], input?: Buffer) =>
    execFileSync('git', ['-C', path, ...args], {
      env: GIT_ENVIRONMENT,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(input ? { input } : {}),
    });
  git(['init', '--quiet', '--bare', '--initial-branch=main']);
  git(['fast-import', '--quiet', '--date-format=raw'], Buffer.concat(steps.flatMap(commitCommands)));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function commitCommands({ did, gone = [], put = {} }: Step, nth: number): Buffer[] {
  return [
    Buffer.from(`commit refs/heads/main\ncommitter Past <past@example.com> ${1_700_000_000 + nth} +0000\n`),
    data(Buffer.from(did)),
    ...gone.map((path) => Buffer.concat([Buffer.from('D '), quoted(path), NEWLINE])),
    ...Object.entries(put).flatMap(([path, entry]) => putCommands(path, entry)),
    NEWLINE,
  ];
}

function putCommands(path: string, entry: Entry): Buffer[] {
  const { mode, content } = typeof entry === 'string' || Buffer.isBuffer(entry) ? { mode: '100644', content: entry } : entry;
  if (mode === '160000') return [Buffer.from(`M ${mode} ${content} `), quoted(path), NEWLINE];
  return [Buffer.from(`M ${mode} inline `), quoted(path), NEWLINE, data(Buffer.from(content))];
}

const NEWLINE = Buffer.from('\n');
const data = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, NEWLINE]);

/** In C's manner, so that a line feed or a quote in a name is part of it. */
function quoted(path: string): Buffer {
  const bytes = path.startsWith('latin1:') ? Buffer.from(path.slice('latin1:'.length), 'latin1') : Buffer.from(path);
  const plain = (byte: number) => byte >= 0x20 && byte !== 0x22 && byte !== 0x5c;
  const parts = [...bytes].map((byte) =>
    plain(byte) ? Buffer.from([byte]) : Buffer.from(`\\${byte.toString(8).padStart(3, '0')}`),
  );
  return Buffer.concat([Buffer.from('"'), ...parts, Buffer.from('"')]);
}
