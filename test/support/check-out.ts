import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/**
 * Another build to run beside this one.
 * @returns a folder with that commit, which runs on the packages that are installed here and is gone when this process ends.
 * @throws when this repository has no such commit.
 */
export function checkOut(commit: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'planwright-build-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  try {
    const archive = execFileSync('git', ['-C', ROOT, 'archive', commit], {
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    execFileSync('tar', ['-x', '-C', folder], { input: archive });
  } catch (cause) {
    throw new Error(`The commit ${commit} cannot be read from this repository.`, { cause });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
