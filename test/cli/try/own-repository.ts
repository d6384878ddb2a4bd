import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EMPTY_DATABASES } from '../../support/cache.ts';
import { SHOP_FILES } from '../../support/shop.ts';

/** A folder of its own for one test: repositories, and a cache beside them. */
export interface Home {
  readonly path: string;
  readonly cache: string;
  remove(): void;
}

export function makeHome(): Home {
  const path = mkdtempSync(join(tmpdir(), 'planwright-try-test-'));
  writeFileSync(
    join(path, '.gitconfig'),
    '[user]\n\tname = Olga\n\temail = olga@example.com\n[init]\n\tdefaultBranch = main\n[protocol "file"]\n\tallow = always\n',
  );
  // All tests copy the same empty database, as the tries of one person do.
  const cache = join(path, 'cache');
  mkdirSync(EMPTY_DATABASES, { recursive: true });
  mkdirSync(join(cache, 'planwright'), { recursive: true });
  symlinkSync(EMPTY_DATABASES, join(cache, 'planwright/databases'));
  return { path, cache, remove: () => rmSync(path, { recursive: true, force: true }) };
}

const environment = (home: Home) => ({ PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: home.path, GIT_CONFIG_NOSYSTEM: '1' });

/** git as the person runs it. */
export const gitIn = (home: Home, path: string, ...args: string[]): string =>
  execFileSync('git', ['-C', path, ...args], { env: environment(home), stdio: 'pipe' })
    .toString()
    .trimEnd();

/** The command that was printed, as a person would paste it. */
export const paste = (home: Home, path: string, command: string): string =>
  execFileSync('sh', ['-c', command], { cwd: path, env: environment(home), stdio: 'pipe' }).toString();

export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** A clone as a person has it, with one commit. */
export function makeRepository(home: Home, name = 'shop', files: Readonly<Record<string, string>> = SHOP_FILES): string {
  const path = join(home.path, name);
  write(path, files);
  mkdirSync(path, { recursive: true });
  gitIn(home, path, 'init', '--quiet');
  gitIn(home, path, 'add', '--all');
  gitIn(home, path, 'commit', '--quiet', '--allow-empty', '--message', 'Open the shop');
  return path;
}

/** Every byte of the working tree, and of what git keeps about it (the index, HEAD), by path. */
export function everythingIn(path: string): Record<string, string> {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1)).sort();
  const watched = paths.filter(
    (file) => !/^\.git\/(?:objects|refs\/heads\/planwright|logs\/refs\/heads\/planwright)\//.test(file),
  );
  return Object.fromEntries(
    watched.map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(join(path, file)))
        .digest('hex'),
    ]),
  );
}
