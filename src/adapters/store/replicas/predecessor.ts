import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCK_FILE } from '../embedded/lock-file.ts';

/** Who had a data folder before. The lock of the folder, which this process holds, shows that it is dead. */
export interface Predecessor {
  /** Null: nobody, or the folder is a copy of one, whose process may well live. */
  readonly id: string | null;
  /** From now on it is this process. */
  replace(id: string): void;
}

export function predecessorIn(dataDir: string): Predecessor {
  const file = join(dataDir, 'replica');
  const folder = String(statSync(join(dataDir, LOCK_FILE)).ino);
  return { id: read(file, folder), replace: (id) => writeFileSync(file, JSON.stringify({ id, folder })) };
}

function read(file: string, folder: string): string | null {
  try {
    const found = JSON.parse(readFileSync(file, 'utf8')) as { readonly id?: unknown; readonly folder?: unknown };
    return found.folder === folder && typeof found.id === 'string' ? found.id : null;
  } catch {
    // There is none, or it was being written when the machine stopped: then the lease tells.
    return null;
  }
}
