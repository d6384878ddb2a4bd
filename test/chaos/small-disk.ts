import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own for the bot's data, which can be full. */
export interface SmallDisk {
  /** An empty folder on it. */
  readonly folder: string;
  fill(): void;
  free(): void;
  remove(): void;
}

const SIZE = '256m';
const BLOCK = Buffer.alloc(1 << 20);

/** Null where file systems cannot be mounted, which takes root and a container that allows it. */
export function mountSmallDisk(): SmallDisk | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  const at = mkdtempSync(join(tmpdir(), 'planwright-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'none', at]).status === 0;
  if (!mounted) {
    rmSync(at, { recursive: true, force: true });
    return null;
  }
  const ballast = join(at, 'ballast');
  const folder = join(at, 'data');
  mkdirSync(folder);
  return {
    folder,
    fill() {
      const file = openSync(ballast, 'w');
      try {
        for (let size = BLOCK.length; size > 0; ) {
          try {
            if (writeSync(file, BLOCK, 0, size) < size) size >>= 1;
          } catch {
            size >>= 1;
          }
        }
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(ballast, { force: true }),
    remove() {
      spawnSync('umount', ['-l', at]);
      rmSync(at, { recursive: true, force: true });
    },
  };
}
