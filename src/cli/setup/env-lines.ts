import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { spellingsOf } from '../../settings/environment/variable-spellings.ts';

type Entries = Readonly<Record<string, string>>;

/** The text of the file; empty when there is none. @throws when it is there and cannot be read. */
export function readEnvText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Which of these variables have a value in the file, under any of their names. */
export function alreadySet(text: string, names: readonly string[]): string[] {
  const file = parseEnv(text);
  return names.flatMap(spellingsOf).filter((name) => file[name]);
}

/**
 * The text with these variables set: in place where a variable is already on one line, else at the end. What another name
 * of the same secret says, or an old value of several lines, is taken out, because the first one found would win or contradict.
 * The values need no quotes: all are numbers, addresses, base64 or hexadecimal.
 */
export function withEntries(text: string, entries: Entries): string {
  let rest = text;
  const lines = { ...entries } as Record<string, string>;
  for (const [name, value] of Object.entries(entries)) {
    for (const spelling of spellingsOf(name)) {
      let isPlaced = false;
      rest = rest.replace(assignment(spelling), () => {
        if (spelling !== name || isPlaced) return '';
        isPlaced = true;
        delete lines[name];
        return `${name}=${value}\n`;
      });
    }
  }
  const added = Object.entries(lines).map(([name, value]) => `${name}=${value}\n`);
  return `${rest}${rest === '' || rest.endsWith('\n') ? '' : '\n'}${added.join('')}`;
}

/** A whole assignment, with a value between quotes that may have several lines. */
const assignment = (name: string): RegExp =>
  new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=[ \\t]*(?:"[^"]*"|'[^']*'|\`[^\`]*\`|[^\\n]*)[^\\n]*(?:\\n|$)`, 'gm');

/** Replaces the file atomically, so that a reader sees the old one or the new one. Only its owner may read it. */
export function writeEnvText(path: string, text: string): void {
  const fresh = `${path}.${randomBytes(4).toString('hex')}`;
  const file = openSync(fresh, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
}
