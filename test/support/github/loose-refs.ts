// References as git keeps them before it packs them: one file each, changed under a lock file that git itself honours.
import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Names that need none of git's finer rules; all others are its business. */
export const isPlainRef = (ref: string): boolean =>
  /^refs(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$/.test(ref) && !/\.\.|\.lock(\/|$)|\.(\/|$)/.test(ref);

export function looseRef(dir: string, ref: string): string | undefined {
  try {
    const text = readFileSync(join(dir, ref), 'latin1').trim();
    return text.startsWith('ref: ') ? looseRef(dir, text.slice(5)) : text;
  } catch {
    return undefined;
  }
}

/** Compare-and-swap (null: not there); false when it was something else or another reference is in the way. */
export function moveLooseRef(dir: string, ref: string, before: string | null, after: string | null): boolean {
  const file = join(dir, ref);
  const lock = `${file}.lock`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(lock, after === null ? '' : `${after}\n`, { flag: 'wx' });
  } catch {
    return false;
  }
  try {
    if ((looseRef(dir, ref) ?? null) !== before) return false;
    if (after === null) rmSync(file);
    else {
      removeEmpty(file); // folders that deleted branches have left
      renameSync(lock, file);
    }
    return true;
  } catch {
    return false;
  } finally {
    rmSync(lock, { force: true });
    if (after === null) for (let up = dirname(ref); up.split('/').length > 2 && removeEmpty(join(dir, up)); ) up = dirname(up);
  }
}

function removeEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
